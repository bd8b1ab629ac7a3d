package play

// This file keeps runs under names, to be compared and exported.

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	maxKept = 8
	maxName = 150 // bytes
)

// Curve is a run as far as it has come.
type Curve struct {
	ID      int        `json:"id"` // of a run that is kept; 0 is none
	Name    string     `json:"name"`
	About   string     `json:"about"` // the knobs, in words
	Knobs   knobs      `json:"knobs"`
	Of      int        `json:"of"` // images by which it is judged
	TrainOf int        `json:"train_of"`
	Test    bool       `json:"test"` // they are the test images
	Points  []Measured `json:"points"`
}

// curve is the run with this number as far as it has come, or false.
func (s *Session) curve(number int) (Curve, bool) {
	r := s.runs[number]
	if r == nil {
		return Curve{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return Curve{Name: string(rune('A' + number)), About: r.knobs.String(), Knobs: r.knobs, Of: r.judge.Len(), TrainOf: r.sample.Len(),
		Test: r.judge == s.test, Points: slices.Clone(r.points)}, len(r.points) > 1
}

// store keeps a run under a name, or under its knobs, and tells the page.
func (s *Session) store(number int, name string) error {
	c, ok := s.curve(number)
	name = cmp.Or(strings.TrimSpace(name), c.About)
	switch {
	case !ok:
		return fmt.Errorf("play: run %c has no epoch to keep yet", 'A'+number)
	case len(s.kept) >= maxKept:
		return fmt.Errorf("play: %d runs are kept, as many as there is room for: remove one first", maxKept)
	case len(name) > maxName:
		return fmt.Errorf("play: a name of %d bytes, want at most %d", len(name), maxName)
	}
	s.lastID++
	c.ID, c.Name = s.lastID, s.free(name)
	s.kept = append(s.kept, c)
	s.tellKept()
	return nil
}

// free is the name, with a number where it is taken.
func (s *Session) free(name string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(s.kept, func(c Curve) bool { return c.Name == name })
	}
	other := name
	for i := 2; taken(other); i++ {
		other = fmt.Sprintf("%s (%d)", name, i)
	}
	return other
}

func (s *Session) discard(id int) {
	s.kept = slices.DeleteFunc(s.kept, func(c Curve) bool { return c.ID == id })
	s.tellKept()
}

// tellKept tells the page all that is kept.
func (s *Session) tellKept() {
	s.reply(struct {
		Kind string  `json:"kind"`
		Kept []Curve `json:"kept"`
	}{"kept", slices.Clone(s.kept)})
}

// export saves what is kept as CSV, or gives it to the page.
func (s *Session) export() error {
	if len(s.kept) == 0 {
		return errors.New("play: no run is kept yet")
	}
	m := struct {
		Kind string `json:"kind"` // "csv"
		Text string `json:"text,omitempty"`
		File string `json:"file,omitempty"` // where it was saved
	}{Kind: "csv", Text: CSV(s.kept)}
	if s.Save != nil {
		var err error
		if m.File, err = s.Save(m.Text); err != nil {
			return fmt.Errorf("play: %w", err)
		}
		m.Text = ""
	}
	s.reply(m)
	return nil
}

// CSV writes a row for each point of each run, under a row of names. An epoch
// counts from 0, as in transcripts: before training it is -1.
func CSV(curves []Curve) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	w.Write([]string{"name", "hidden", "cost_function", "lambda", "init", "images", "eta", "batch", "seed", "judged_by", "epoch",
		"recognised", "of", "cost", "training_recognised", "training_of", "training_cost", "saturated"})
	for _, c := range curves {
		k, judge := c.Knobs, "validation"
		if c.Test {
			judge = "test"
		}
		for _, p := range c.Points {
			var shares []string
			for _, share := range p.Saturated {
				shares = append(shares, number(share))
			}
			w.Write([]string{c.Name, k.layers(), k.Cost, number(k.Lambda), k.Init, strconv.Itoa(k.Images), number(k.Eta),
				strconv.Itoa(k.Batch), strconv.Itoa(int(k.Seed)), judge, strconv.Itoa(p.Epochs - 1), strconv.Itoa(p.Count),
				strconv.Itoa(c.Of), number(p.Cost), strconv.Itoa(p.TrainCount), strconv.Itoa(c.TrainOf), number(p.TrainCost),
				strings.Join(shares, " ")})
		}
	}
	w.Flush()
	return b.String()
}

// Curves are the runs, A and B, that have come past an epoch, and those that are
// kept. It is to be called after Close.
func (s *Session) Curves() []Curve {
	var all []Curve
	for number := range s.runs {
		if c, ok := s.curve(number); ok {
			all = append(all, c)
		}
	}
	return append(all, s.kept...)
}

// Weights are those of a run's first layer, a row for each neuron. It is to be
// called after Close.
func (s *Session) Weights(number int) (rows [][]float64) {
	if r := s.runs[number]; r != nil && r.net != nil {
		w := r.net.Weights[0]
		for j := range w.RawMatrix().Rows {
			rows = append(rows, w.RawRowView(j))
		}
	}
	return rows
}
