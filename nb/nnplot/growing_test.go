package nnplot

import (
	"reflect"
	"testing"

	"nnbook/nb/canvas"
)

func TestGrowingCurvesHaveRoomForAllEpochs(t *testing.T) {
	g := Growing("y", 30)
	g.Add("a", 1)
	g.Add("b", 2)
	g.Add("a", 3)
	if done, total := g.Epochs(); done != 2 || total != 30 {
		t.Errorf("%d of %d epochs, want 2 of 30", done, total)
	}
	want := LearningCurves("y", Curve{"a", []float64{1, 3}}, Curve{"b", []float64{2}})
	want.X.Max = 29
	if !reflect.DeepEqual(canvas.Render(g), canvas.Render(want)) {
		t.Error("they are not drawn as learning curves of 30 epochs")
	}
}
