package nnlib_test

// This file shows the library in use, one entry after the other.

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

func vector(values ...float64) *mat.VecDense { return mat.NewVecDense(len(values), values) }

// xor has a target of two values for each pair of inputs: the first is 1 where
// these are equal, the second where they differ.
var xor = nnlib.Examples{
	{X: vector(0, 0), Y: vector(1, 0)},
	{X: vector(0, 1), Y: vector(0, 1)},
	{X: vector(1, 0), Y: vector(0, 1)},
	{X: vector(1, 1), Y: vector(1, 0)},
}

// small is a network for a pocket calculator.
func small() *nnlib.Network {
	return &nnlib.Network{
		Sizes: []int{2, 3, 1},
		Weights: []*mat.Dense{
			mat.NewDense(3, 2, []float64{1, -2, 0.5, 1, -1, 2}), // w^2
			mat.NewDense(1, 3, []float64{2, -1, 3}),             // w^3
		},
		Biases: []*mat.VecDense{vector(0, 0, -1), vector(-1)}, // b^2, b^3
	}
}

// A network with one output learns XOR. Its answer is 1 where the output is
// above 0.5.
func Example() {
	differ := nnlib.Examples{
		{X: vector(0, 0), Y: vector(0)},
		{X: vector(0, 1), Y: vector(1)},
		{X: vector(1, 0), Y: vector(1)},
		{X: vector(1, 1), Y: vector(0)},
	}
	net, err := nnlib.New([]int{2, 3, 1}, nprand.New(0))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("before: %d of %d are right\n", net.Evaluate(differ), differ.Len())
	cfg := nnlib.Config{Epochs: 500, MiniBatchSize: 4, Eta: 10}
	for _, err := range net.SGD(context.Background(), differ, cfg) {
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("after: %d of %d\n", net.Evaluate(differ), differ.Len())
	outputs, answers := net.Outputs(differ), net.Answers(differ)
	for i, example := range differ {
		fmt.Printf("%v gives %.2f, so %d\n", example.X.RawVector().Data, outputs.At(i, 0), answers[i])
	}
	// Output:
	// before: 2 of 4 are right
	// after: 4 of 4
	// [0 0] gives 0.03, so 0
	// [0 1] gives 0.96, so 1
	// [1 0] gives 0.96, so 1
	// [1 1] gives 0.04, so 0
}

func ExampleNew() {
	net, err := nnlib.New([]int{784, 15, 10}, nprand.New(0))
	if err != nil {
		log.Fatal(err)
	}
	for i, w := range net.Weights { // l = i+2
		rows, cols := w.Dims()
		fmt.Printf("w^%d is %d × %d, b^%d has %d values, from %.4f\n", i+2, rows, cols, i+2, rows, net.Biases[i].AtVec(0))
	}
	_, err = nnlib.New([]int{784}, nprand.New(0))
	fmt.Println(err)
	// Output:
	// w^2 is 15 × 784, b^2 has 15 values, from 0.1257
	// w^3 is 10 × 15, b^3 has 10 values, from -0.7323
	// nnlib: sizes [784] are too few layers, want at least 2, inputs and outputs
}

// The worked example of the published page.
func ExampleAffine() {
	w := mat.NewDense(2, 4, []float64{
		0.3490, 0.2552, 1.7718, -0.6382,
		1.5340, 0.2998, -1.0761, -1.4656,
	})
	a := mat.NewVecDense(4, []float64{0.2871, 0.7834, 0.6244, 0.6702})
	b := mat.NewVecDense(2, []float64{-1.3518, -2.1354})
	z := nnlib.Affine(w, a, b)
	fmt.Printf("%.4f\n", nnlib.Sigmoid(z).RawVector().Data)
	// Output: [0.4078 0.0425]
}

func ExampleNetwork_Feedforward() {
	a := small().Feedforward(vector(1, 0.5))
	for i, layer := range a { // l = i+1
		fmt.Printf("a^%d = %.4f\n", i+1, layer.RawVector().Data)
	}
	fmt.Printf("output: %.4f\n", a.Output().AtVec(0))
	// Output:
	// a^1 = [1.0000 0.5000]
	// a^2 = [0.5000 0.7311 0.2689]
	// a^3 = [0.5189]
	// output: 0.5189
}

// The gradient of the cost of one example, of which the target is 0.
func ExampleNetwork_Backprop() {
	net := small()
	nablaB, nablaW := net.Backprop(vector(1, 0.5), vector(0))
	for i := range net.Weights { // l = i+2
		fmt.Printf("∂C/∂b^%d = %.4f\n", i+2, nablaB[i].RawVector().Data)
		fmt.Printf("∂C/∂w^%d = %.4f\n", i+2, nablaW[i].RawMatrix().Data)
	}
	// Output:
	// ∂C/∂b^2 = [0.0648 -0.0255 0.0764]
	// ∂C/∂w^2 = [0.0648 0.0324 -0.0255 -0.0127 0.0764 0.0382]
	// ∂C/∂b^3 = [0.1295]
	// ∂C/∂w^3 = [0.0648 0.0947 0.0348]
}

// The same gradient without backpropagation: each bias is moved a little, and
// the cost looked at.
func ExampleNetwork_FiniteDifferences() {
	nablaB, _ := small().FiniteDifferences(vector(1, 0.5), vector(0), 1e-5)
	for i, b := range nablaB { // l = i+2
		fmt.Printf("∂C/∂b^%d = %.4f\n", i+2, b.RawVector().Data)
	}
	// Output:
	// ∂C/∂b^2 = [0.0648 -0.0255 0.0764]
	// ∂C/∂b^3 = [0.1295]
}

// The output is 0.5189 where 0 is wanted: the cost is half of its square.
func ExampleNetwork_MeanCost() {
	one := nnlib.Examples{{X: vector(1, 0.5), Y: vector(0)}}
	fmt.Printf("%.4f\n", small().MeanCost(one))
	// Output: 0.1346
}

// One step, with all four examples as the mini-batch.
func ExampleNetwork_UpdateMiniBatch() {
	net, err := nnlib.New([]int{2, 3, 2}, nprand.New(0))
	if err != nil {
		log.Fatal(err)
	}
	before := net.MeanCost(xor)
	net.UpdateMiniBatch(xor, 1, len(xor))
	fmt.Printf("mean cost: %.4f, then %.4f\n", before, net.MeanCost(xor))
	// Output:
	// mean cost: 0.3585, then 0.3497
}

// A training, with a word every 50 epochs.
func ExampleNetwork_SGD() {
	net, err := nnlib.New([]int{2, 3, 2}, nprand.New(0))
	if err != nil {
		log.Fatal(err)
	}
	cfg := nnlib.Config{Epochs: 200, MiniBatchSize: 4, Eta: 10}
	for epoch, err := range net.SGD(context.Background(), xor, cfg) {
		if err != nil {
			log.Fatal(err)
		}
		if epoch%50 == 49 {
			fmt.Printf("Epoch %d : %d / %d\n", epoch, net.Evaluate(xor), xor.Len())
		}
	}
	// Output:
	// Epoch 49 : 2 / 4
	// Epoch 99 : 4 / 4
	// Epoch 149 : 4 / 4
	// Epoch 199 : 4 / 4
}

// What is wrong is said before anything is changed.
func ExampleNetwork_SGD_errors() {
	net, err := nnlib.New([]int{2, 3, 2}, nprand.New(0))
	if err != nil {
		log.Fatal(err)
	}
	for _, cfg := range []nnlib.Config{
		{Epochs: 10, MiniBatchSize: 4},
		{Epochs: 10, MiniBatchSize: 4, Eta: 10, Lambda: 1},
	} {
		for _, err := range net.SGD(context.Background(), xor, cfg) {
			fmt.Println(err)
		}
	}
	// Output:
	// nnlib: Config.Eta = 0, want a finite number above 0
	// nnlib: Config.Lambda = 1, want at most n/η, here 4/10
}

// counting is data of a type of its own: numbers from 0 to 7 in binary, each
// with a target of eight values.
type counting struct{}

func (counting) Len() int                    { return 8 }
func (counting) Dims() (inputs, outputs int) { return 3, 8 }
func (counting) Input(i int, x []float64) {
	for k := range x {
		x[k] = float64(i >> k & 1)
	}
}
func (counting) Target(i int, y []float64) { y[i] = 1 } // the rest is 0 already

// How many of eight numbers in binary the network reads, before training and
// after it.
func ExampleNetwork_Evaluate() {
	net, err := nnlib.New([]int{3, 8}, nprand.New(0))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d / %d\n", net.Evaluate(counting{}), counting{}.Len())
	for _, err := range net.SGD(context.Background(), counting{}, nnlib.Config{Epochs: 300, MiniBatchSize: 2, Eta: 3}) {
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%d / %d\n", net.Evaluate(counting{}), counting{}.Len())
	// Output:
	// 0 / 8
	// 8 / 8
}

// A network goes to a file and comes back, the same bit for bit.
func ExampleLoad() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "small.npz")
	if err := small().Save(file); err != nil {
		log.Fatal(err)
	}
	net, err := nnlib.Load(file)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("sizes", net.Sizes)
	fmt.Println("the same:", mat.Equal(net.Weights[0], small().Weights[0]))
	net.Rand = nprand.New(0) // to train it further; and net.Cost, unless it is Quadratic
	// Output:
	// sizes [2 3 1]
	// the same: true
}

// Weights of variance 1/n_in: of a wide layer's neurons fewer begin saturated.
func ExampleNewScaled() {
	sizes := []int{200, 100, 2}
	ones := make([]float64, sizes[0])
	for k := range ones {
		ones[k] = 1
	}
	data := nnlib.Examples{{X: vector(ones...), Y: vector(1, 0)}}
	for _, create := range []func([]int, nnlib.Source) (*nnlib.Network, error){nnlib.New, nnlib.NewScaled} {
		net, err := create(sizes, nprand.New(0))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("saturated: %.2f of layer 2\n", net.Saturation(data)[0])
	}
	// Output:
	// saturated: 0.80 of layer 2
	// saturated: 0.00 of layer 2
}

// A cost by its name, as a flag or a form has it.
func ExampleParseCost() {
	cost, err := nnlib.ParseCost("cross-entropy")
	fmt.Println(cost == nnlib.CrossEntropy, err)
	_, err = nnlib.ParseCost("cubic")
	fmt.Println(err)
	// Output:
	// true <nil>
	// nnlib: cost = "cubic", want quadratic or cross-entropy
}

// What the network makes of each example: its outputs, and which is the largest.
func ExampleNetwork_Answers() {
	net, err := nnlib.New([]int{3, 8}, nprand.New(0))
	if err != nil {
		log.Fatal(err)
	}
	for _, err := range net.SGD(context.Background(), counting{}, nnlib.Config{Epochs: 300, MiniBatchSize: 2, Eta: 3}) {
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(net.Answers(counting{}))
	fmt.Printf("its output 5 for the number 5: %.2f\n", net.Outputs(counting{}).At(5, 5))
	// Output:
	// [0 1 2 3 4 5 6 7]
	// its output 5 for the number 5: 0.89
}

// The gradient of the mean cost of all four examples, and its length layer by layer.
func ExampleNetwork_Gradient() {
	net, err := nnlib.New([]int{2, 3, 2}, nprand.New(0))
	if err != nil {
		log.Fatal(err)
	}
	nablaB, nablaW := net.Gradient(xor)
	for i, b := range nablaB { // l = i+2
		fmt.Printf("∂C/∂b^%d = %.4f\n", i+2, b.RawVector().Data)
	}
	fmt.Printf("∂C/∂w^2 = %.4f, of length %.4f\n", nablaW[0].RawMatrix().Data, net.GradientNorms(xor)[0])
	// Output:
	// ∂C/∂b^2 = [0.0093 0.0341 0.0069]
	// ∂C/∂b^3 = [-0.0448 -0.0393]
	// ∂C/∂w^2 = [0.0063 0.0039 0.0202 0.0139 0.0036 0.0031], of length 0.0261
}

// The same step with and without regularisation, which makes all weights a little smaller.
func ExampleNetwork_UpdateRegularised() {
	one := nnlib.Examples{{X: vector(1, 0.5), Y: vector(0)}}
	for _, lambda := range []float64{0, 0.1} {
		net := small()
		net.UpdateRegularised(one, nnlib.Config{MiniBatchSize: 1, Eta: 1, Lambda: lambda}, len(one))
		fmt.Printf("λ = %g: w^3 = %.3f, b^3 = %.3f\n", lambda, net.Weights[1].RawMatrix().Data, net.Biases[1].RawVector().Data)
	}
	// Output:
	// λ = 0: w^3 = [1.935 -1.095 2.965], b^3 = [-1.130]
	// λ = 0.1: w^3 = [1.735 -0.995 2.665], b^3 = [-1.130]
}
