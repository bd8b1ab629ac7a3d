package nb

// What a cell shows while a network trains. It changes in place and ends as
// one output, in which no time is left: that is stored with the notebook.

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"nnbook/nb/nnplot"
)

// epochs counts them, and foretells the time.
type epochs struct {
	done, total int
	start       time.Time
}

// left is empty at the end, and before there is anything to go by.
func (e epochs) left() string {
	if e.done == 0 || e.done >= e.total {
		return ""
	}
	seconds := time.Since(e.start).Seconds() * float64(e.total-e.done) / float64(e.done)
	return fmt.Sprintf(", about %.0f s left", seconds)
}

func (e epochs) String() string { return fmt.Sprintf("%d of %d epochs", e.done, e.total) }

// Progress shows how many epochs are done: a bar, and the time left.
type Progress struct {
	id     string
	epochs epochs
}

// running is the bar that Stopped ends: a cell is a program, and has one.
var running *Progress

// NewProgress starts a bar for so many epochs.
func NewProgress(total int) *Progress {
	running = &Progress{"progress-" + gonbui.UniqueId(), epochs{total: total, start: time.Now()}}
	running.update(running.epochs.left())
	return running
}

// Step counts one epoch as done.
func (p *Progress) Step() {
	p.epochs.done++
	p.update(p.epochs.left())
}

func (p *Progress) interrupted() { p.update(", interrupted") }

func (p *Progress) update(left string) {
	gonbui.UpdateHTML(p.id, p.html(left))
	gonbui.Sync()
}

func (p *Progress) html(left string) string {
	return fmt.Sprintf(`<div><progress aria-label="epochs done" max="%d" value="%d"></progress> %s%s</div>`,
		p.epochs.total, p.epochs.done, p.epochs, left)
}

// Live shows learning curves as they grow, with the time left, and in the end
// a figure as by Show:
//
//	live := nb.NewLive("test images recognised (%)", cfg.Epochs)
//	for epoch, err := range net.SGD(nb.Context(), train, cfg) {
//		…
//		live.Add("η = 3", 100*float64(net.Evaluate(test))/float64(test.Len()))
//	}
//	live.Done("The curve rises from 89 percent to 94.")
type Live struct {
	yLabel string
	curves []nnplot.Curve
	epochs epochs
	next   time.Time // no drawing before
	send   func(forms map[protocol.MIMEType]any)
}

// NewLive starts a figure for so many epochs; yLabel says what the values of
// the curves are, with the unit.
func NewLive(yLabel string, total int) *Live {
	id := "live-" + gonbui.UniqueId()
	l := &Live{yLabel: yLabel, epochs: epochs{total: total, start: time.Now()}}
	l.send = func(forms map[protocol.MIMEType]any) {
		if gonbui.IsNotebook {
			gonbui.SendData(&protocol.DisplayData{Data: forms, DisplayID: id})
			gonbui.Sync()
		}
	}
	l.send(map[protocol.MIMEType]any{protocol.MIMETextHTML: "<div>" + l.epochs.String() + "</div>"})
	return l
}

// Add gives a curve its value after one more epoch. A new name starts a new
// curve. The figure is drawn anew at most four times a second, and in no more
// than a tenth of the time: the rest is for the training.
func (l *Live) Add(name string, value float64) {
	i := 0
	for i < len(l.curves) && l.curves[i].Name != name {
		i++
	}
	if i == len(l.curves) {
		l.curves = append(l.curves, nnplot.Curve{Name: name})
	}
	l.curves[i].Values = append(l.curves[i].Values, value)
	l.epochs.done = max(l.epochs.done, len(l.curves[i].Values))

	start := time.Now()
	if start.Before(l.next) {
		return
	}
	picture, width, err := encode(l.figure(), l.soFar())
	Check(err)
	forms := pictureForms(picture, width, l.soFar())
	delete(forms, protocol.MIMEImagePNG) // for viewers without HTML the final figure will do
	forms[protocol.MIMETextHTML] = fmt.Sprintf("<div>%s<br>%s%s</div>", forms[protocol.MIMETextHTML], l.epochs, l.epochs.left())
	l.send(forms)
	l.next = time.Now().Add(max(time.Second/4, 9*time.Since(start)))
}

// Done leaves the figure as it is after the last epoch. The alt text is for
// those who cannot see it and says what there is to see.
func (l *Live) Done(alt string) {
	if len(l.curves) == 0 { // interrupted before anything could be drawn
		return
	}
	picture, width, err := encode(l.figure(), alt)
	Check(err)
	l.send(pictureForms(picture, width, alt))
}

// figure has room for all epochs from the start, so that only the curves move.
func (l *Live) figure() any {
	p := nnplot.LearningCurves(l.yLabel, l.curves...)
	p.X.Max = max(p.X.Max, float64(l.epochs.total-1))
	return p
}

// soFar is the alt text while the figure grows.
func (l *Live) soFar() string {
	var texts []string
	for _, c := range l.curves {
		texts = append(texts, fmt.Sprintf("%s: %.4g", c.Name, c.Values[len(c.Values)-1]))
	}
	return fmt.Sprintf("%s after %s. %s", l.yLabel, l.epochs, strings.Join(texts, ", "))
}

// pictureForms are what a notebook needs to show a picture. JupyterLab takes
// the HTML, which keeps the alt text; viewers that drop HTML show the PNG.
func pictureForms(picture []byte, width int, alt string) map[protocol.MIMEType]any {
	return map[protocol.MIMEType]any{
		protocol.MIMETextHTML: fmt.Sprintf(`<img alt="%s" width="%d" style="max-width:100%%;background:#fff" src="data:image/png;base64,%s">`,
			html.EscapeString(alt), width, base64.StdEncoding.EncodeToString(picture)),
		protocol.MIMEImagePNG: picture,
	}
}
