// Package hands is what the last two chapters play with, for a notebook's cell:
// the cell runs until it is stopped, and answers the page. The engine is nb/play;
// the page's half lies here, its scripts (play.js, then draw.js or knobs.js) and
// one style sheet for cells and for the book's site alike, and what joins it to a
// cell (cell.js).
package hands

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"

	"nnbook/mnist"
	"nnbook/nb"
	"nnbook/nb/play"
	"nnbook/nnlib"
)

//go:embed play.css
var style string

//go:embed play.js
var shared string

//go:embed draw.js
var drawScript string

//go:embed knobs.js
var knobsScript string

//go:embed cell.js
var cellScript string

// How often, and how long each time, a cell waits for its page. Where there is
// none, as in a run without a browser, the cell must come to its end.
const (
	attempts = 8
	attempt  = 4 * time.Second // GoNB itself takes up to 3
)

// ownDigits is the name under which nb.Keep has the digits that a reader keeps.
const ownDigits = "my-digits"

// Own returns the digits that the reader has kept in a cell of DrawDigit; there
// may be none.
func Own() *mnist.Set {
	file := nb.File(ownDigits + ".json")
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return new(mnist.Set)
	}
	own := nb.Kept[mnist.Set](ownDigits)
	checked, err := mnist.New(own.Images, own.Labels)
	if err != nil {
		nb.Check(fmt.Errorf("%s, the digits that you have kept, is broken: %w (move it away to begin anew)", file, err))
	}
	return checked
}

// DrawDigit lets the reader draw digits, or alter those of others, and shows
// what net makes of them, until the reader interrupts the cell. The reader's
// digits can be kept, and learned by a copy of net, with some of old beside
// them, from which net has learned; others, which are new to net, tell what is
// forgotten.
func DrawDigit(net *nnlib.Network, old, others *mnist.Set) {
	s := handsOn("draw", drawScript, "Run this cell to draw.", net, old, others)
	s.Close()
}

// handsOn shows the widget and serves it until the cell is interrupted.
func handsOn(widget, script, invitation string, net *nnlib.Network, train, test *mnist.Set) *play.Session {
	id := "nnbook-" + gonbui.UniqueId()
	toCell, toPage := id+"/cell", id+"/page"
	s, err := play.NewSession(net, train, test, func(text string) { comms.Send(toPage, text) })
	nb.Check(err)
	s.Save = save
	if net != nil {
		s.Own(Own(), func(own *mnist.Set) { nb.Keep(ownDigits, own) })
	}
	ctx := nb.Context()
	gonbui.UpdateHTML(id, fmt.Sprintf("<div id=%q><p>%s</p></div>\n<style>%s</style>\n<script>%s%s%s\nnnbookCell(%q, %q, %q, %q);</script>",
		id, invitation, style, shared, script, cellScript, id, widget, toCell, toPage))
	here, once := make(chan struct{}), sync.Once{}
	comms.Subscribe(toCell, func(_ string, text string) {
		once.Do(func() { close(here) })
		s.Handle(text)
	})
	left := "Stopped."
	if !connect(ctx, here) {
		left = "No page has answered: this cell needs JupyterLab in a browser."
	}
	gonbui.UpdateHTML(id, fmt.Sprintf("<p>%s %s</p>", left, invitation))
	gonbui.Sync()
	return s
}

// connect waits for the page, then for the reader's interrupt. It reports
// whether there was a page. GoNB gives the page half a second to connect, which
// a busy machine may need longer for: so it is asked several times.
func connect(ctx context.Context, here <-chan struct{}) bool {
	for range attempts {
		comms.Start()
		select {
		case <-here:
			<-ctx.Done()
			return true
		case <-ctx.Done():
			return true
		case <-time.After(attempt):
		}
	}
	return false
}
