module nnbook/nnlib/internal/arith/_wasm

go 1.26.0
