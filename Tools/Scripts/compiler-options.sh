# What the compiler has to be told to import the modules of a release build; sourced in the repository's root, sets `imports`.
imports=(-I .build/release/Modules)
for name in CD2LKernels CD2LImages; do
  imports+=(-Xcc "-fmodule-map-file=$PWD/.build/release/$name.build/module.modulemap")
done
for name in COpenBLAS CZlib CPNG CJPEG; do imports+=(-I "Core/Sources/$name"); done
