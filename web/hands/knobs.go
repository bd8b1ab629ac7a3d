package hands

// This file turns the knobs, and leaves figures of what came of it.

import (
	"fmt"
	"os"

	"nnbook/mnist"
	"nnbook/nb"
	"nnbook/nb/nnplot"
	"nnbook/nb/play"
)

// TurnKnobs lets the reader turn the hyper-parameters of two trainings, and
// shows what they come to, until the reader interrupts the cell. A sixth of train,
// the last images, is for validation; test judges the transcripts of the book
// alone. What the reader keeps can be saved as runs/knobs.csv. The cell leaves the
// curves.
func TurnKnobs(train, test *mnist.Set) {
	s := handsOn("knobs", knobsScript, "Run this cell to turn the knobs.", nil, train, test)
	s.Close()
	if curves := s.Curves(); len(curves) > 0 {
		showCurves("when the cell was stopped", curves)
	}
}

// save keeps the exported runs in a file beside the notebook.
func save(csv string) (where string, err error) {
	where = nb.File("knobs.csv")
	return where, os.WriteFile(where, []byte(csv), 0o666)
}

// Untouched shows what TurnKnobs comes to after some epochs if no knob is moved:
// a still picture for those who read.
func Untouched(train, test *mnist.Set, epochs int) {
	s, err := play.NewSession(nil, train, test, func(string) {})
	nb.Check(err)
	nb.Check(s.Untouched(epochs))
	showCurves(fmt.Sprintf("after %d epochs", epochs), s.Curves())
	rows := s.Weights(0)
	nb.Show(nnplot.WeightImages(rows, nil, 5), fmt.Sprintf("The weights of A's %d hidden neurons, each as a picture: "+
		"strokes and blobs amid the noise with which they began.", len(rows)))
}

// showCurves shows runs in two panels, the images recognised and the mean cost,
// and in a table.
func showCurves(when string, curves []play.Curve) {
	var recognised, costs []nnplot.Line
	rows := [][]string{}
	alt := "Two panels over the epochs, " + when + ": the validation images recognised, and their mean cost."
	kept := 0
	for _, c := range curves {
		name := c.Name
		if c.ID > 0 {
			kept++
			name = fmt.Sprint(kept) // as in the widget; the table has all of it
		}
		share, cost := nnplot.Line{Name: name}, nnplot.Line{Name: name}
		for _, p := range c.Points[1:] {
			share.X, cost.X = append(share.X, float64(p.Epochs-1)), append(cost.X, float64(p.Epochs-1))
			share.Y, cost.Y = append(share.Y, 100*float64(p.Count)/float64(c.Of)), append(cost.Y, p.Cost)
		}
		recognised, costs = append(recognised, share), append(costs, cost)
		last := c.Points[len(c.Points)-1]
		row := []string{name, c.About, fmt.Sprint(last.Epochs - 1), fmt.Sprintf("%d / %d", last.Count, c.Of),
			fmt.Sprintf("%d / %d", last.TrainCount, c.TrainOf), fmt.Sprintf("%.3f", last.Cost), fmt.Sprintf("%.3f", last.TrainCost)}
		if c.ID > 0 && c.Name != c.About {
			row[1] = c.Name + ": " + c.About
		}
		rows = append(rows, row)
		alt += fmt.Sprintf(" %s ends at %.1f percent and %.3f.", name, share.Y[len(share.Y)-1], last.Cost)
	}
	nb.Show(nnplot.Panels(2, []string{"images recognised (%)", "mean cost"},
		nnplot.Lines("epoch", "", recognised...), nnplot.Lines("epoch", "", costs...)), alt)
	nb.Table([]string{"run", "knobs", "epoch", "recognised", "in training", "cost", "in training"}, rows)
}
