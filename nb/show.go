package nb

// This file shows figures and tables.

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"image"
	"image/png"
	"os"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"nnbook/nb/canvas"
)

// Show displays a figure in the notebook: an image.Image, or what draws itself, as
// a *plot.Plot does. The alt text tells those who cannot see it what it shows.
//
// Images are shown finer than a page, as figures are: 144 of their pixels take
// the room of 96. To enlarge a picture of a few pixels, such as a
// digit, use nnplot.Digits.
func Show(figure any, alt string) {
	picture, width, err := encode(figure, alt)
	Check(err)
	display(pictureForms(picture, width, alt))
}

// encode returns the figure as PNG, and its width in CSS pixels.
func encode(figure any, alt string) (picture []byte, width int, err error) {
	if strings.TrimSpace(alt) == "" {
		return nil, 0, errors.New("nb: Show without alt text, want a sentence that says what is to be seen")
	}
	var img image.Image
	switch figure := figure.(type) {
	case canvas.Figure:
		img = canvas.Render(figure)
	case image.Image:
		img = figure
	default:
		return nil, 0, fmt.Errorf("nb: Show of a %T, want a *plot.Plot or an image.Image", figure)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, 0, fmt.Errorf("nb: %w", err)
	}
	return b.Bytes(), max(img.Bounds().Dx()*96/canvas.DPI, 1), nil
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

// display sends one output in several forms and waits until it has arrived.
func display(forms map[protocol.MIMEType]any) { displayAs("", forms) }

// displayAs does so in place of what was sent with the same id before.
func displayAs(id string, forms map[protocol.MIMEType]any) {
	if gonbui.IsNotebook {
		arrive(func() { gonbui.SendData(&protocol.DisplayData{Data: forms, DisplayID: id}) })
	}
}

// arrive sends an output and waits until it has arrived. By itself GoNB would
// wait for ever where the kernel was killed meanwhile: then the cell ends.
func arrive(send func()) {
	arrived := make(chan struct{})
	go func() {
		send()
		gonbui.Sync()
		close(arrived)
	}()
	for {
		select {
		case <-arrived:
			return
		case <-time.After(time.Second):
			if os.Getppid() != kernel {
				os.Exit(1)
			}
		}
	}
}

// kernel is the process that has started the cell.
var kernel = os.Getppid()

// Table displays rows under a header. The first column names the rows.
func Table(header []string, rows [][]string) {
	display(map[protocol.MIMEType]any{
		protocol.MIMETextHTML:  tableHTML(header, rows),
		protocol.MIMETextPlain: tableText(header, rows),
	})
}

func tableHTML(header []string, rows [][]string) string {
	var b strings.Builder
	b.WriteString("<table>\n<thead><tr>")
	for _, cell := range header {
		fmt.Fprintf(&b, `<th scope="col">%s</th>`, html.EscapeString(cell))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range rows {
		b.WriteString("<tr>")
		for i, cell := range row {
			if i == 0 {
				fmt.Fprintf(&b, `<th scope="row">%s</th>`, html.EscapeString(cell))
			} else {
				fmt.Fprintf(&b, "<td>%s</td>", html.EscapeString(cell))
			}
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>")
	return b.String()
}

// tableText is for viewers without HTML.
func tableText(header []string, rows [][]string) string {
	var b strings.Builder
	for _, row := range append([][]string{header}, rows...) {
		b.WriteString(strings.Join(row, "\t") + "\n")
	}
	return b.String()
}
