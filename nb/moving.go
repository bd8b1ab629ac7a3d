package nb

// This file shows a figure that changes while a cell runs.

import (
	"fmt"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Moving is a figure of any kind that changes while a cell runs, and stays as it
// is in the end, as by Show:
//
//	moving := nb.NewMoving()
//	for epoch, err := range net.SGD(nb.Context(), points, cfg) {
//		…
//		moving.Draw(fmt.Sprint("epoch ", epoch), func() any { return regions(net) })
//	}
//	moving.Done(regions(net), "The regions are a ring in the end.")
type Moving struct {
	next time.Time // no drawing before
	send func(forms map[protocol.MIMEType]any)
}

// NewMoving starts a figure, which is empty at first.
func NewMoving() *Moving {
	id := "moving-" + gonbui.UniqueId()
	m := &Moving{send: func(forms map[protocol.MIMEType]any) { displayAs(id, forms) }}
	m.send(map[protocol.MIMEType]any{protocol.MIMETextHTML: "<div>…</div>"})
	return m
}

// Draw shows the figure as it is now, with a line below it that says when that
// is. It draws at most four times a second, and takes at most half of the time:
// else figure is not called.
func (m *Moving) Draw(when string, figure func() any) {
	start := time.Now()
	if start.Before(m.next) {
		return
	}
	picture, width, err := encode(figure(), when)
	Check(err)
	forms := pictureForms(picture, width, when)
	delete(forms, protocol.MIMEImagePNG) // for viewers without HTML the final figure will do
	forms[protocol.MIMETextHTML] = fmt.Sprintf("<div>%s<br>%s</div>", forms[protocol.MIMETextHTML], when)
	m.send(forms)
	m.next = time.Now().Add(max(time.Second/4, time.Since(start)))
}

// Done shows the final figure, the only one that is stored.
func (m *Moving) Done(figure any, alt string) {
	picture, width, err := encode(figure, alt)
	Check(err)
	m.send(pictureForms(picture, width, alt))
}
