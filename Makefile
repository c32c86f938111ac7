# Deep learning in Swift: the usual tasks. All packages share the folder .build, so Core is compiled once.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PACKAGES := $(filter Core,$(patsubst %/Package.swift,%,$(wildcard */Package.swift))) \
            $(filter-out Core Tools,$(patsubst %/Package.swift,%,$(wildcard */Package.swift))) Tools
PROGRAM := .build/release/d2l
# An epoch of 60,000 images takes a second or two on two cores.
DEMO_EPOCHS ?= 30
SETUP := Tools/Scripts/setup.sh

# A folder of data sets beside the repository is used, unless D2L_DATA names another.
ifneq ($(wildcard ../shared/data),)
export D2L_DATA ?= $(realpath ../shared/data)
endif

.PHONY: help setup demo build test-all test-clients bench fuzz parity coverage docs typecheck format lint manifest clean \
        $(addprefix test-,$(PACKAGES))

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile
	@echo "make test-PACKAGE   Test one package: $(PACKAGES)"

setup: ## Find what is missing on this machine and install it, or say how to
	@$(SETUP) --data

demo: ## Train LeNet on images of clothing, within a minute after the build
	@$(SETUP) --data
	@$(MAKE) --no-print-directory build
	@$(PROGRAM) vision lenet --epochs $(DEMO_EPOCHS)

build: ## Build the program d2l and all packages
	@$(SETUP)
	@Tools/Scripts/build.sh Tools

test-all: ## Test all packages
	@$(SETUP)
	@Tools/Scripts/test-all.sh $(PACKAGES)

$(addprefix test-,$(PACKAGES)): test-%:
	@$(SETUP)
	@Tools/Scripts/test-all.sh $*

test-clients: build ## Build a client of each domain package, and a copy of it in an empty folder with its tests (minutes)
	@Tools/Scripts/test-clients.sh

coverage: build ## Show what checks every operator, layer, loss, optimizer and schedule
	@$(PROGRAM) list --operators

docs: ## Build the documentation of Core's modules into .build/docs
	@$(SETUP)
	@Tools/Scripts/docs.sh

typecheck: ## Find expressions that take the type-checker more than 200 ms
	@$(SETUP)
	@Tools/Scripts/typecheck.sh $(PACKAGES)

bench: build ## Measure all workloads; with PEER="python torch_zoo.py --tuned" beside another program
	@$(PROGRAM) bench $(if $(PEER),compare --peer "$(PEER)")

fuzz: ## Fuzz every parser with libFuzzer, or TARGET=png only, for FUZZ_SECONDS=600 or FUZZ_RUNS=5000000 each
	@$(SETUP)
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) FUZZ_RUNS=$(or $(FUZZ_RUNS),5000000) Core/Fuzz/fuzz.sh $(TARGET)

parity: ## Compare files of weights with the libraries that define their formats, in Python environments of its own
	@$(SETUP)
	@Tools/Scripts/parity.sh

format: ## Format all Swift sources
	@swift format -i -r $(PACKAGES)

lint: ## Check the format of all Swift sources, and that the root manifest agrees with the packages'
	@swift format lint --strict -r $(PACKAGES) Package.swift
	@swift Tools/Scripts/root-manifest.swift --check

manifest: ## Write the root Package.swift anew from the packages' manifests
	@swift Tools/Scripts/root-manifest.swift

clean: ## Remove what was built
	@rm -rf .build
