package nb

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"nnbook/nb/nnplot"
)

// shown makes a Live that sends to the test, and the place where it does.
func shown(total int) (*Live, *[]map[protocol.MIMEType]any) {
	l := NewLive(nnplot.Growing("test images recognised (%)", total))
	var sent []map[protocol.MIMEType]any
	l.send = func(forms map[protocol.MIMEType]any) { sent = append(sent, forms) }
	return l, &sent
}

func TestLiveDrawsFourTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, sent := shown(100)
		for epoch := range 100 { // in 2 s
			l.Add("a", float64(epoch))
			l.Add("b", float64(epoch))
			time.Sleep(20 * time.Millisecond)
		}
		if n := len(*sent); n < 6 || n > 8 {
			t.Errorf("drawn %d times in 2 s, want 6 to 8", n)
		}
		last := (*sent)[len(*sent)-1][protocol.MIMETextHTML].(string)
		for _, want := range []string{"epochs, about ", " s left</div>", `alt="test images recognised (%) after `, "a: ", "b: "} {
			if !strings.Contains(last, want) {
				t.Errorf("no %q in what is shown at last: %.300s…", want, last)
			}
		}
	})
}

func TestLiveSendsSmallFigures(t *testing.T) {
	l, sent := shown(30)
	for epoch := range 30 {
		for curve := range 4 {
			l.next = time.Now().Add(time.Hour)
			if epoch == 29 && curve == 3 {
				l.next = time.Now()
			}
			l.Add(fmt.Sprintf("curve %d", curve), 95-float64(curve)-20/float64(epoch+1)+float64(epoch*37%11)/30)
		}
	}
	if len(*sent) != 1 {
		t.Fatalf("drawn %d times, want once", len(*sent))
	}
	if size := len((*sent)[0][protocol.MIMETextHTML].(string)); size > 60_000*4/3 { // in base64
		t.Errorf("a redraw has %d bytes", size)
	}
}

// What is stored must not depend on how fast the machine is.
func TestLiveEndsInTheSameFigure(t *testing.T) {
	var ends []map[protocol.MIMEType]any
	for _, pause := range []time.Duration{0, time.Second} {
		synctest.Test(t, func(t *testing.T) {
			l, sent := shown(3)
			for epoch := range 3 {
				l.Add("a", float64(epoch))
				time.Sleep(pause)
			}
			l.Done("it rises")
			ends = append(ends, (*sent)[len(*sent)-1])
		})
	}
	for mime, want := range ends[0] {
		if got := ends[1][mime]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s differs between a fast and a slow training", mime)
		}
	}
	html := ends[0][protocol.MIMETextHTML].(string)
	if len(ends[0]) != 2 || !strings.HasPrefix(html, `<img alt="it rises" width="`) || strings.Contains(html, "epochs") {
		t.Errorf("it ends in %d forms, as %.100s…", len(ends[0]), html)
	}
}

func TestLiveWithoutValuesIsNoFigure(t *testing.T) {
	l, sent := shown(3)
	l.Done("nothing")
	if len(*sent) != 0 {
		t.Errorf("shown: %v", *sent)
	}
}

// The alt text of the whole run would say what is not to be seen.
func TestInterruptedLiveSaysHowFarItCame(t *testing.T) {
	l, sent := shown(30)
	l.Add("15 hidden", 88.81)
	l.Add("15 hidden", 90.8)
	l.interrupted()
	l.Done("The curve rises to 94 percent.")
	last := (*sent)[len(*sent)-1]
	html := last[protocol.MIMETextHTML].(string)
	want := `<img alt="Interrupted. test images recognised (%) after 2 of 30 epochs. 15 hidden: 90.8" `
	if !strings.HasPrefix(html, want) || len(last) != 2 || strings.Contains(html, " left<") {
		t.Errorf("it ends in %d forms, as %.150s…\nwant %s", len(last), html, want)
	}
}

func TestLiveThatIsInterruptedAtOnceSaysSo(t *testing.T) {
	l, sent := shown(3)
	l.interrupted()
	l.Done("nothing")
	if got := fmt.Sprint(*sent); got != "[map[text/html:<div>0 of 3 epochs, interrupted</div>]]" {
		t.Errorf("shown: %s", got)
	}
}

func TestProgressCountsWhatItIsToldTo(t *testing.T) {
	p := NewProgressOf(4, "networks")
	p.Step()
	want := `<div><progress aria-label="networks done" max="4" value="1"></progress> 1 of 4 networks, `
	if got := p.html(", interrupted"); got != want+"interrupted</div>" {
		t.Errorf("it shows %s", got)
	}
}

func TestProgressEndsWithoutTimeLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewProgress(2)
		time.Sleep(time.Second)
		p.Step()
		if got := p.html(p.count.left()); !strings.Contains(got, "1 of 2 epochs, about 1 s left<") {
			t.Errorf("half way it shows %s", got)
		}
		time.Sleep(time.Second)
		p.Step()
		if got := p.html(p.count.left()); !strings.Contains(got, "2 of 2 epochs<") {
			t.Errorf("at the end it shows %s", got)
		}
	})
}
