package nnlib

// This file checks what the other files are given: by an error where it may
// come from outside the program, by a panic where it is a slip of the
// programmer.

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
)

// maxParameters bounds the weights and biases of a network: 2 GiB of them.
const maxParameters = 1 << 28

func checkSizes(sizes []int) error {
	if len(sizes) < 2 {
		return fmt.Errorf("nnlib: sizes %v are too few layers, want at least 2, inputs and outputs", sizes)
	}
	parameters := int64(0)
	for i, size := range sizes {
		if size < 1 || size > maxParameters {
			return fmt.Errorf("nnlib: sizes %v: %d neurons in layer %d, want 1 to %d", sizes, size, i+1, maxParameters)
		}
		if i > 0 {
			parameters += int64(size) * int64(sizes[i-1]+1)
		}
		if parameters > maxParameters {
			return fmt.Errorf("nnlib: sizes %v: more than %d weights and biases", sizes, maxParameters)
		}
	}
	return nil
}

// check says whether weights and biases have the shapes that Sizes asks for,
// and whether there is such a cost.
func (n *Network) check() error {
	if err := checkSizes(n.Sizes); err != nil {
		return err
	}
	if layers := len(n.Sizes) - 1; len(n.Weights) != layers || len(n.Biases) != layers {
		return fmt.Errorf("nnlib: %d weight matrices and %d bias vectors, want %d of each for Sizes %v", len(n.Weights), len(n.Biases), layers, n.Sizes)
	}
	for i, w := range n.Weights { // l = i+2
		rows, cols := w.Dims()
		if rows != n.Sizes[i+1] || cols != n.Sizes[i] {
			return fmt.Errorf("nnlib: Weights[%d] is %d × %d, want %d × %d for Sizes %v", i, rows, cols, n.Sizes[i+1], n.Sizes[i], n.Sizes)
		}
		if biases := n.Biases[i].Len(); biases != rows {
			return fmt.Errorf("nnlib: Biases[%d] has %d values, want %d for Sizes %v", i, biases, rows, n.Sizes)
		}
	}
	return n.Cost.check()
}

// ValueError says which setting is out of its limits. A program that has another
// name for it, such as a flag's, can put that in place of Name.
type ValueError struct {
	Name string // such as "Config.Eta", "cost" or "initial weights"
	Got  string // its value
	Want string // such as "a finite number above 0"
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("nnlib: %s = %s, want %s", e.Name, e.Got, e.Want)
}

// Check says what is wrong with the hyper-parameters for training on count
// examples. Its errors are of type *ValueError.
func (cfg Config) Check(count int) error {
	wrong := func(field string, got any, want string) error {
		return &ValueError{"Config." + field, fmt.Sprint(got), want}
	}
	switch {
	case cfg.Epochs < 1:
		return wrong("Epochs", cfg.Epochs, "at least 1")
	case cfg.MiniBatchSize < 1:
		return wrong("MiniBatchSize", cfg.MiniBatchSize, "at least 1")
	case !(cfg.Eta > 0) || math.IsInf(cfg.Eta, 1):
		return wrong("Eta", cfg.Eta, "a finite number above 0")
	case !(cfg.Lambda >= 0) || math.IsInf(cfg.Lambda, 1):
		return wrong("Lambda", cfg.Lambda, "a finite number ≥ 0")
	case cfg.decay(count) < 0: // weights would change their signs
		return wrong("Lambda", cfg.Lambda, fmt.Sprintf("at most n/η, here %d/%v", count, cfg.Eta))
	}
	return nil
}

// checkTraining says what is wrong with the arguments of SGD.
func (n *Network) checkTraining(train Data, cfg Config) error {
	if arith.Err != nil {
		return arith.Err
	}
	if err := n.checkTrainable(); err != nil {
		return err
	}
	if err := n.checkData(train); err != nil {
		return err
	}
	if err := cfg.Check(train.Len()); err != nil {
		return err
	}
	return checkExamples(train)
}

// checkTrainable says what an epoch of SGD would stumble over.
func (n *Network) checkTrainable() error {
	if n.Rand == nil {
		return errors.New("nnlib: Network.Rand is nil (as after Load): set it to the generator that is to shuffle the examples")
	}
	return n.check()
}

// checkData says whether the data fit the network. It compares some inputs of
// ByteData with their bytes: whoever changes one method and forgets the other
// makes all of them differ.
func (n *Network) checkData(data Data) (err error) {
	i := 0
	defer unreadable(&err, &i)
	if data == nil || data.Len() < 1 {
		return errors.New("nnlib: no examples in the data")
	}
	if examples, ok := data.(Examples); ok {
		if err := examples.check(); err != nil {
			return err
		}
	}
	inputs, outputs := data.Dims()
	if first, last := n.Sizes[0], n.Sizes[len(n.Sizes)-1]; inputs != first || outputs != last {
		return fmt.Errorf("nnlib: the data have %d inputs and %d outputs, the network %d and %d (Sizes %v)", inputs, outputs, first, last, n.Sizes)
	}
	pictures, ok := data.(ByteData)
	if !ok {
		return nil
	}
	x, count := make([]float64, inputs), data.Len()
	for ; i < count; i++ {
		bytes := pictures.Bytes(i)
		if len(bytes) != inputs {
			return fmt.Errorf("nnlib: Bytes(%d) of the data has %d values, Dims promises %d", i, len(bytes), inputs)
		}
		if every := count/16 + 1; i%every > 0 {
			continue
		}
		clear(x)
		data.Input(i, x)
		for k, pixel := range bytes {
			if want := FromByte(pixel); x[k] != want {
				return fmt.Errorf("nnlib: Input(%d) of the data writes %v for value %d, where Bytes has %d, which is %v: the two must agree", i, x[k], k, pixel, want)
			}
		}
	}
	return nil
}

// checkExamples reads all examples once and says which one cannot be read, such
// as one whose label has no output.
func checkExamples(data Data) (err error) {
	i := 0
	defer unreadable(&err, &i)
	inputs, outputs := data.Dims()
	x, y := make([]float64, inputs), make([]float64, outputs)
	_, isBytes := data.(ByteData) // checkData has read their bytes
	for ; i < data.Len(); i++ {
		if !isBytes {
			data.Input(i, x)
		}
		data.Target(i, y)
	}
	return nil
}

// unreadable is deferred. It makes an error of a panic by the data, which may
// come from anywhere.
func unreadable(err *error, example *int) {
	if reason := recover(); reason != nil {
		*err = fmt.Errorf("nnlib: example %d of the data cannot be read: %v", *example, reason)
	}
}

// mustMatch panics where the network is not sound or the data do not fit it.
func (n *Network) mustMatch(data Data) {
	err := n.check()
	if err == nil {
		err = n.checkData(data)
	}
	if err != nil {
		panic(err)
	}
}

// mustFit panics where v does not have a value for each neuron of a layer.
func (n *Network) mustFit(what string, v *mat.VecDense, layer int) {
	if v.Len() != n.Sizes[layer] {
		panic(fmt.Sprintf("nnlib: %s has %d values, Sizes[%d] is %d", what, v.Len(), layer, n.Sizes[layer]))
	}
}

// mustBeMiniBatch panics where there are more examples than a mini-batch has.
func mustBeMiniBatch(miniBatch Examples, m int) {
	if m < 1 || m < len(miniBatch) {
		panic(fmt.Sprintf("nnlib: %d examples in a mini-batch of size %d", len(miniBatch), m))
	}
}

// mustBeAffine panics where w a + b is not defined.
func mustBeAffine(w *mat.Dense, a, b *mat.VecDense) {
	rows, cols := w.Dims()
	if a.Len() != cols || b.Len() != rows {
		panic(fmt.Sprintf("nnlib: w a + b with w %d × %d, a of %d and b of %d values", rows, cols, a.Len(), b.Len()))
	}
}
