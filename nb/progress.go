package nb

// This file shows progress while a network trains. What it shows changes in
// place and ends as one output without times, which is stored with the notebook.

import (
	"fmt"
	"html"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"nnbook/nb/canvas"
)

// count counts what is done, and estimates the time that is left.
type count struct {
	done, total int
	what        string // in the plural
	start       time.Time
}

// left says how much time is left; nothing at the end, and nothing before the
// first is done.
func (c count) left() string {
	if c.done == 0 || c.done >= c.total {
		return ""
	}
	seconds := time.Since(c.start).Seconds() * float64(c.total-c.done) / float64(c.done)
	return fmt.Sprintf(", about %.0f s left", seconds)
}

func (c count) String() string { return fmt.Sprintf("%d of %d %s", c.done, c.total, c.what) }

// Progress shows how many epochs are done: a bar, and the time left.
type Progress struct {
	id    string
	count count
}

// NewProgress starts a bar for the given number of epochs.
func NewProgress(epochs int) *Progress { return NewProgressOf(epochs, "epochs") }

// NewProgressOf starts a bar for a number of something else, such as "networks".
func NewProgressOf(total int, what string) *Progress {
	p := &Progress{"progress-" + gonbui.UniqueId(), count{total: total, what: what, start: time.Now()}}
	running = p
	p.update(p.count.left())
	return p
}

// Step counts one more as done.
func (p *Progress) Step() {
	p.count.done++
	p.update(p.count.left())
}

func (p *Progress) interrupted() {
	if p.count.done < p.count.total {
		p.update(", interrupted")
	}
}

func (p *Progress) update(left string) {
	arrive(func() { gonbui.UpdateHTML(p.id, p.html(left)) })
}

func (p *Progress) html(left string) string {
	return fmt.Sprintf(`<div><progress aria-label="%s done" max="%d" value="%d"></progress> %s%s</div>`,
		html.EscapeString(p.count.what), p.count.total, p.count.done, html.EscapeString(p.count.String()), left)
}

// Live shows a figure as it grows, such as learning curves, with the time left,
// and in the end as by Show:
//
//	live := nb.NewLive(nnplot.Growing("test images recognised (%)", cfg.Epochs))
//	for epoch, err := range net.SGD(nb.Context(), train, cfg) {
//		…
//		live.Add("η = 3", 100*float64(net.Evaluate(test))/float64(test.Len()))
//	}
//	live.Done("The curve rises from 89 percent to 94.")
type Live struct {
	figure Growing
	epochs count
	next   time.Time // no drawing before
	ended  bool      // the figure is final
	send   func(forms map[protocol.MIMEType]any)
}

// Growing is a figure that gets a value for each of its curves after each epoch;
// nnplot.Growing makes one.
type Growing interface {
	canvas.Figure
	Add(curve string, value float64)
	Epochs() (done, total int)
	String() string // what is to be seen by now
}

// NewLive starts a figure.
func NewLive(figure Growing) *Live {
	id := "live-" + gonbui.UniqueId()
	l := &Live{figure: figure, epochs: count{what: "epochs", start: time.Now()}}
	l.epochs.done, l.epochs.total = figure.Epochs()
	running = l
	l.send = func(forms map[protocol.MIMEType]any) { displayAs(id, forms) }
	l.send(map[protocol.MIMEType]any{protocol.MIMETextHTML: "<div>" + l.epochs.String() + "</div>"})
	return l
}

// Add gives a curve its value after one more epoch. A new name starts a new
// curve. The figure is drawn again at most four times a second, and drawing takes
// at most a tenth of the time: the rest is for the training.
func (l *Live) Add(curve string, value float64) {
	l.figure.Add(curve, value)
	l.epochs.done, _ = l.figure.Epochs()

	start := time.Now()
	if start.Before(l.next) {
		return
	}
	alt := l.figure.String()
	picture, width, err := encode(l.figure, alt)
	Check(err)
	forms := pictureForms(picture, width, alt)
	delete(forms, protocol.MIMEImagePNG) // for viewers without HTML the final figure will do
	forms[protocol.MIMETextHTML] = fmt.Sprintf("<div>%s<br>%s%s</div>", forms[protocol.MIMETextHTML], l.epochs, l.epochs.left())
	l.send(forms)
	l.next = time.Now().Add(max(time.Second/4, 9*time.Since(start)))
}

// Done leaves the figure as it is after the last epoch. The alt text tells those
// who cannot see it what it shows. After an interrupt, the figure has a text of
// its own that says how far it goes, in place of alt.
func (l *Live) Done(alt string) {
	if l.epochs.done > 0 {
		l.end(alt)
	}
}

func (l *Live) interrupted() {
	if l.epochs.done == 0 {
		l.send(map[protocol.MIMEType]any{protocol.MIMETextHTML: "<div>" + l.epochs.String() + ", interrupted</div>"})
	} else {
		l.end("Interrupted. " + l.figure.String())
	}
}

// end shows the figure for the last time.
func (l *Live) end(alt string) {
	if l.ended {
		return
	}
	l.ended = true
	picture, width, err := encode(l.figure, alt)
	Check(err)
	l.send(pictureForms(picture, width, alt))
}
