package nb

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

func TestMovingDrawsFourTimesASecondAndEndsAsByShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMoving()
		var sent []map[protocol.MIMEType]any
		m.send = func(forms map[protocol.MIMEType]any) { sent = append(sent, forms) }
		figure, drawn := image.NewGray(image.Rect(0, 0, 4, 4)), 0
		for epoch := range 100 { // in 2 s
			m.Draw(fmt.Sprint("epoch ", epoch), func() any { drawn++; return figure })
			time.Sleep(20 * time.Millisecond)
		}
		if drawn < 6 || drawn > 8 || len(sent) != drawn {
			t.Errorf("drawn %d times and sent %d times in 2 s, want 6 to 8 of each", drawn, len(sent))
		}
		last := sent[len(sent)-1]
		if html := last[protocol.MIMETextHTML].(string); !strings.Contains(html, "<br>epoch 9") || last[protocol.MIMEImagePNG] != nil {
			t.Errorf("shown at last: %v, want HTML alone, with the epoch", last)
		}
		m.Done(figure, "A grey square.")
		last = sent[len(sent)-1]
		if html := last[protocol.MIMETextHTML].(string); !strings.HasPrefix(html, `<img alt="A grey square."`) || last[protocol.MIMEImagePNG] == nil {
			t.Errorf("in the end: %v, want the forms of Show", last)
		}
	})
}
