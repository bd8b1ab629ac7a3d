package play

// This file says what a reader can turn, and which of the book's runs are a click away.

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// What knobs go up to. Mini-batches and layers are bounded so that a training hears
// the reader within 0.2 s, also where it has one thread, in a browser.
const (
	maxLayers  = 3
	maxHidden  = 200 // neurons in a layer
	maxBatch   = 1000
	mostEta    = 1000
	mostLambda = 1000
	minImages  = 10
	maxEpochs  = 1000 // in one go
)

// knobs are the hyper-parameters of a message of kind "train".
type knobs struct {
	Hidden []int   `json:"hidden"` // neurons of each hidden layer; none is a network without
	Cost   string  `json:"cost"`   // "quadratic" or "cross-entropy"
	Lambda float64 `json:"lambda"`
	Init   string  `json:"init"`   // initial weights: "normal" or "scaled"
	Images int     `json:"images"` // to train on, the first ones
	Eta    float64 `json:"eta"`
	Batch  int     `json:"batch"` // size of a mini-batch
	Seed   uint32  `json:"seed"`
}

// check says which knob is out of its range, where there are so many images.
func (k knobs) check(images int) error {
	if len(k.Hidden) > maxLayers {
		return fmt.Errorf("play: %d hidden layers, want 0 to %d", len(k.Hidden), maxLayers)
	}
	for i, size := range k.Hidden {
		if size < 1 || size > maxHidden {
			return fmt.Errorf("play: %d neurons in hidden layer %d, want 1 to %d", size, i+1, maxHidden)
		}
	}
	switch {
	case k.Images < minImages || k.Images > images:
		return fmt.Errorf("play: %d training images, want %d to %d", k.Images, minImages, images)
	case k.Batch < 1 || k.Batch > min(maxBatch, k.Images):
		return fmt.Errorf("play: mini-batches of %d, want 1 to %d", k.Batch, min(maxBatch, k.Images))
	case !(k.Eta > 0 && k.Eta <= mostEta):
		return fmt.Errorf("play: learning rate η = %v, want above 0, at most %d", k.Eta, mostEta)
	case !(k.Lambda >= 0 && k.Lambda <= mostLambda):
		return fmt.Errorf("play: λ = %v, want 0 to %d", k.Lambda, mostLambda)
	}
	_, errInit := nnlib.ParseInitial(k.Init)
	_, errCost := nnlib.ParseCost(k.Cost)
	if err := cmp.Or(errCost, errInit, k.config(1).Check(k.Images)); err != nil {
		if wrong := new(nnlib.ValueError); errors.As(err, &wrong) && wrong.Name == "Config.Lambda" {
			return fmt.Errorf("play: λ = %s, want %s", wrong.Got, wrong.Want)
		}
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

// network returns the network as it is before training.
func (k knobs) network(inputs, outputs int) (*nnlib.Network, error) {
	create, errInit := nnlib.ParseInitial(k.Init)
	cost, errCost := nnlib.ParseCost(k.Cost)
	if err := cmp.Or(errInit, errCost); err != nil {
		return nil, err
	}
	sizes := append(append([]int{inputs}, k.Hidden...), outputs)
	net, err := create(sizes, nprand.New(uint64(k.Seed)))
	if err != nil {
		return nil, err
	}
	net.Cost = cost
	return net, nil
}

func (k knobs) config(epochs int) nnlib.Config {
	return nnlib.Config{Epochs: epochs, MiniBatchSize: k.Batch, Eta: k.Eta, Lambda: k.Lambda}
}

// layers writes the hidden layers as 30-20.
func (k knobs) layers() string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(k.Hidden), "[]"), " ", "-")
}

// String says of the knobs what is not as at first, in a few words.
func (k knobs) String() string {
	words := []string{"no hidden layer"}
	if len(k.Hidden) > 0 {
		words[0] = k.layers() + " hidden"
	}
	words = append(words, fmt.Sprint("η = ", k.Eta))
	add := func(unusual bool, word string) {
		if unusual {
			words = append(words, word)
		}
	}
	add(k.Batch != 10, fmt.Sprint("mini-batch ", k.Batch))
	add(k.Cost != "quadratic", k.Cost)
	add(k.Init != "normal", k.Init)
	add(k.Lambda != 0, fmt.Sprint("λ = ", k.Lambda))
	add(k.Images < 50_000, fmt.Sprint(k.Images, " images"))
	return strings.Join(append(words, fmt.Sprint("seed ", k.Seed)), ", ")
}

// first are the knobs that A and B have at first: two networks of chapter 5.
func (s *Session) first() (all [runs]knobs) {
	if s.training != nil {
		all[0] = ofThePage(15, 3)
		all[0].Images = s.trains.Len()
		all[1] = all[0]
		all[1].Init = "scaled"
	}
	return all
}

// Untouched trains A and B for some epochs with the knobs that they have at
// first, and ends the session.
func (s *Session) Untouched(epochs int) error {
	s.mu.Lock()
	for number, k := range s.first() {
		r, err := s.newRun(message{N: 1, Run: number, Epochs: epochs, Knobs: k})
		if err != nil {
			s.mu.Unlock()
			return err
		}
		s.start(r)
	}
	s.mu.Unlock()
	for _, r := range s.runs {
		<-r.done
	}
	s.Close()
	return nil
}

// transcript is a run of the book. It alone is judged by the test images, and
// trained on all others: there is nothing left to be chosen by them.
type transcript struct {
	Name   string   `json:"name"`
	From   string   `json:"from"` // whose numbers the lines are
	Epochs int      `json:"epochs"`
	Knobs  knobs    `json:"knobs"`
	Lines  [][2]int `json:"lines"` // epoch and count, as printed there
}

// transcripts are the four of the page, and the recipe that chapter 9 chooses.
var transcripts = []transcript{
	{"15 hidden, η = 3", "the page", 30, ofThePage(15, 3),
		[][2]int{{0, 8881}, {1, 9080}, {2, 9144}, {27, 9369}, {28, 9334}, {29, 9361}}},
	{"100 hidden, η = 3", "the page", 30, ofThePage(100, 3),
		[][2]int{{0, 7488}, {1, 7613}, {2, 7655}, {27, 8747}, {28, 8751}, {29, 8747}}},
	{"η = 0.001", "the page", 30, ofThePage(15, 0.001),
		[][2]int{{0, 816}, {1, 1040}, {2, 1217}, {27, 2438}, {28, 2487}, {29, 2532}}},
	{"η = 100", "the page", 30, ofThePage(15, 100),
		[][2]int{{0, 958}, {1, 958}, {2, 890}, {27, 890}, {28, 890}, {29, 890}}},
	{"chapter 9’s best", "chapter 9", 60,
		knobs{Hidden: []int{100}, Cost: "cross-entropy", Init: "scaled", Images: allImages, Eta: 0.1, Batch: 10},
		[][2]int{{0, 9330}, {1, 9457}, {2, 9586}, {57, 9798}, {58, 9801}, {59, 9801}}},
}

// Of how many images they were made.
const allImages, allTests = 60_000, 10_000

func ofThePage(hidden int, eta float64) knobs {
	return knobs{Hidden: []int{hidden}, Cost: "quadratic", Init: "normal", Images: allImages, Eta: eta, Batch: 10}
}

// transcripts are those that can be made here: all, or none where MNIST is not whole.
func (s *Session) transcripts() []transcript {
	whole := func(set *mnist.Set, n int) bool { return set != nil && set.Len() == n && set.Source() == "MNIST" }
	if whole(s.training, allImages) && whole(s.test, allTests) {
		return transcripts
	}
	return nil
}

// newRun returns the run that a message of kind "train" asks for, or what is wrong with it.
func (s *Session) newRun(m message) (*run, error) {
	r := &run{n: m.N, number: m.Run, knobs: m.Knobs, until: m.Epochs}
	switch {
	case s.training == nil:
		return nil, errors.New("play: nothing here to train on")
	case m.Transcript == nil:
		if err := m.Knobs.check(s.trains.Len()); err != nil {
			return nil, err
		}
		r.knobs.Hidden = append([]int{}, m.Knobs.Hidden...) // [] in JSON, not null
		r.training, r.judge = s.trains.Slice(0, m.Knobs.Images), s.judges
	default:
		known := s.transcripts()
		if i := *m.Transcript; i < 0 || i >= len(known) {
			return nil, fmt.Errorf("play: transcript %d, want one of the %d that can be made of these images", i, len(known))
		}
		tr := known[*m.Transcript]
		r.knobs, r.until = tr.Knobs, tr.Epochs
		r.training, r.judge = s.training, s.test
	}
	r.sample = r.training.Slice(0, min(r.training.Len(), sampled))
	return r, nil
}
