// One import for everything a model needs.
@_exported import D2LData
@_exported import D2LFiles
@_exported import D2LImages
@_exported import D2LLayers
@_exported import D2LOptim
@_exported import D2LPlots
@_exported import D2LTensor
@_exported import D2LTraining
@_exported import D2LWeights
