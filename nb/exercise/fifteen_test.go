package exercise

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// A right solution, the usual mistakes and the stub, each with its answer.

func TestPrecision(t *testing.T) {
	// counted makes a solution of what is done with the counts.
	counted := func(answer func(images, answered, right, all float64) float64) func(answers, labels []int, digit int) float64 {
		return func(answers, labels []int, digit int) float64 {
			images, answered, right := 0.0, 0.0, 0.0
			for i, label := range labels {
				if label == digit {
					images++
				}
				if answers[i] == digit {
					answered++
				}
				if label == digit && answers[i] == digit {
					right++
				}
			}
			return answer(images, answered, right, float64(len(labels)))
		}
	}
	first := "not yet: precision([3 5 3 3 3 3 5], [3 3 3 8 8 3 5], 3) "
	for _, test := range []struct {
		want string
		f    func(answers, labels []int, digit int) float64
	}{
		{"passed: precision is the share of the answers with a digit that are right",
			counted(func(images, answered, right, all float64) float64 { return right / max(answered, 1) })},
		{first + "= 0, want 0.6 (how often is the digit answered, how often of these is it right, and are they divided as float64s?)", // the stub
			counted(func(images, answered, right, all float64) float64 { return 0 })},
		{first + "= 3, want 0.6 (this many are right: out of how many?)",
			counted(func(images, answered, right, all float64) float64 { return right })},
		{first + "= 0.4286, want 0.6 (does it matter how often other digits are answered?)",
			counted(func(images, answered, right, all float64) float64 { return right / all })},
		{first + "= 0.75, want 0.6 (is that the share of the answers that name it, or of its images?)",
			counted(func(images, answered, right, all float64) float64 { return right / images })},
		{"not yet: precision([1 8 1], [1 6 6], 6) = NaN, want 0 (what is to be said of a digit that is never answered?)",
			counted(func(images, answered, right, all float64) float64 { return right / answered })},
		{first + "= 0.5714, want 0.6 (do all digits count here, or one?)",
			func(answers, labels []int, digit int) float64 {
				same := 0.0
				for i, label := range labels {
					if answers[i] == label {
						same++
					}
				}
				return same / float64(len(labels))
			}},
		{"not yet: precision([1 2 2 2 9], [1 2 2 2 7], 2) = 0.5, want 1",
			func(answers, labels []int, digit int) float64 {
				if digit == 3 {
					return 0.6
				}
				return 0.5
			}},
		{first + "panics: runtime error: index out of range [7] with length 7",
			func(answers, labels []int, digit int) float64 { return float64(answers[len(labels)]) }},
	} {
		if got := precision(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestMeanAndDeviation(t *testing.T) {
	// but makes a mistake of what is done with a right deviation of n values.
	but := func(mistake func(deviation, n float64) float64) func([]float64) (float64, float64) {
		return func(values []float64) (float64, float64) {
			mean, deviation := stat.MeanStdDev(values, nil)
			return mean, mistake(deviation, float64(len(values)))
		}
	}
	mean, deviation := "not yet: meanAndDeviation([1 3 8]): the mean ", "not yet: meanAndDeviation([1 3 8]): the deviation "
	for _, test := range []struct {
		want string
		f    func(values []float64) (mean, deviation float64)
	}{
		{"passed: meanAndDeviation says where values lie and how far apart",
			func(values []float64) (float64, float64) { return stat.MeanStdDev(values, nil) }},
		{mean + "= 0, want 4 (what is the sum, and how many values are there?)", // the stub
			func(values []float64) (float64, float64) { return 0, 0 }},
		{mean + "= 12, want 4 (a sum of how many values?)",
			func(values []float64) (float64, float64) { return floats.Sum(values), 0 }},
		{deviation + "= 0, want 3.606 (how far is each value from the mean, and what happens to these differences before they are added?)",
			but(func(deviation, n float64) float64 { return 0 })},
		{"not yet: meanAndDeviation([1 3 8]): the mean = 6, want 4 (n - 1 is for the deviation: of how many values is this the mean?)",
			func(values []float64) (float64, float64) { return floats.Sum(values) / float64(len(values)-1), 0 }},
		{deviation + "= 3.1, want 3.606 (is the mean complete before the first difference is taken?)",
			func(values []float64) (mean, sum float64) {
				for _, v := range values {
					mean += v / float64(len(values))
					sum += (v - mean) * (v - mean)
				}
				return mean, math.Sqrt(sum / float64(len(values)-1))
			}},
		{deviation + "= 2.944, want 3.606 (n values have n - 1 differences to learn from: by what is the sum divided?)",
			but(func(deviation, n float64) float64 { return deviation * math.Sqrt((n-1)/n) })},
		{deviation + "= 13, want 3.606 (this is in squared units: which step is left?)",
			but(func(deviation, n float64) float64 { return deviation * deviation })},
		{deviation + "= 8.667, want 3.606 (this is in squared units: which step is left, and by what is the sum divided?)",
			but(func(deviation, n float64) float64 { return deviation * deviation * (n - 1) / n })},
		{deviation + "= 5.099, want 3.606 (a sum of how many squares?)",
			but(func(deviation, n float64) float64 { return deviation * math.Sqrt(n-1) })},
		{deviation + "= 2.667, want 3.606 (is each difference squared before they are added?)",
			func(values []float64) (float64, float64) {
				mean, sum := stat.Mean(values, nil), 0.0
				for _, v := range values {
					sum += math.Abs(v - mean)
				}
				return mean, sum / float64(len(values))
			}},
		{"not yet: meanAndDeviation([2 4 4 5 5 7 8 5]): the deviation = 3.606, want 1.852",
			but(func(deviation, n float64) float64 { return math.Sqrt(13) })},
	} {
		if got := meanAndDeviation(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestScaleWeights(t *testing.T) {
	by := func(factor func(rows, cols int) float64) func(w *mat.Dense) {
		return func(w *mat.Dense) { w.Scale(factor(w.Dims()), w) }
	}
	first := "not yet: after scale, the weights [2 -1 0.5 4 -2 0 1 3], a row of 4 for each neuron, = "
	want := ", want [1 -0.5 0.25 2 -1 0 0.5 1.5]"
	for _, test := range []struct {
		want string
		f    func(w *mat.Dense)
	}{
		{"passed: scale divides each weight by the root of the number of inputs",
			by(func(rows, cols int) float64 { return 1 / math.Sqrt(float64(cols)) })},
		{first + "[2 -1 0.5 4 -2 0 1 3]" + want + " (is w itself changed?)", // the stub
			func(w *mat.Dense) {}},
		{first + "[1.414 -0.7071 0.3536 2.828 -1.414 0 0.7071 2.121]" + want + " (n_in is the number of inputs: is that w's rows, or its columns?)",
			by(func(rows, cols int) float64 { return 1 / math.Sqrt(float64(rows)) })},
		{first + "[0.5 -0.25 0.125 1 -0.5 0 0.25 0.75]" + want + " (a variance of 1/n_in is a standard deviation of what?)",
			by(func(rows, cols int) float64 { return 1 / float64(cols) })},
		{first + "[4 -2 1 8 -4 0 2 6]" + want + " (should the weights grow or shrink?)",
			by(func(rows, cols int) float64 { return math.Sqrt(float64(cols)) })},
		{first + "[0.7071 -0.3536 0.1768 1.414 -0.7071 0 0.3536 1.061]" + want + " (how many inputs does one neuron have?)",
			by(func(rows, cols int) float64 { return 1 / math.Sqrt(float64(rows*cols)) })},
		{first + "[0 -0 0 0 -0 0 0 0]" + want + " (is 1/n_in computed as a float64? With whole numbers 1/4 is 0)",
			by(func(rows, cols int) float64 { return math.Sqrt(float64(1 / cols)) })},
		{first + "[0.07143 -0.03571 0.01786 0.1429 -0.07143 0 0.03571 0.1071]" + want + " (28 is the root of 784: how many inputs has this layer?)",
			by(func(rows, cols int) float64 { return 1.0 / 28 })},
		{first + "[1 -0.5 0.25 2 -2 0 1 3]" + want + " (are the weights of every neuron divided?)",
			func(w *mat.Dense) {
				for k, v := range w.RawRowView(0) {
					w.Set(0, k, v/2)
				}
			}},
		{"not yet: after scale, the weights [3 -3 6 0 9 1 -6 12 3], a row of 9 for each neuron, = " +
			"[1.5 -1.5 3 0 4.5 0.5 -3 6 1.5], want [1 -1 2 0 3 0.3333 -2 4 1]",
			by(func(rows, cols int) float64 { return 0.5 })},
	} {
		if got := scaleWeights(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}
