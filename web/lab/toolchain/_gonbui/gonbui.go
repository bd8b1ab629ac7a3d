// Package gonbui stands in for github.com/janpfeifer/gonb/gonbui in the
// browser's lab: what a cell shows goes to its worker as JSON, by a call, where
// GoNB has pipes. The functions are those that the original documents.
package gonbui

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"syscall/js"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// IsNotebook is whether the program is a cell: here it always is.
var IsNotebook = true

// Debug is for the original, which then logs what it does.
var Debug bool

// OnCommValueUpdate is called with each value that comes from the page. Package comms sets it.
var OnCommValueUpdate func(*protocol.CommValue)

// init lets the worker deliver what comes from the page, in its order.
func init() {
	values := make(chan *protocol.CommValue, 64)
	go func() {
		for value := range values {
			if OnCommValueUpdate != nil {
				OnCommValueUpdate(value)
			}
		}
	}()
	js.Global().Set("gonbReceive", js.FuncOf(func(_ js.Value, args []js.Value) any {
		var value protocol.CommValue
		if json.Unmarshal([]byte(args[0].String()), &value) == nil {
			values <- &value
		}
		return nil
	}))
}

// Open has nothing to open here.
func Open() error { return nil }

// Error is always nil: there is no pipe that could break.
func Error() error { return nil }

// Logf logs nothing.
func Logf(format string, args ...any) {}

// SendData shows data, or sends a value to the page.
func SendData(data *protocol.DisplayData) {
	text, err := json.Marshal(data) // bytes become base64, as Jupyter wants them
	if err != nil {
		panic(fmt.Sprintf("gonbui: %v", err))
	}
	js.Global().Call("gonbSend", string(text))
}

// Sync has nothing to wait for: what is sent is on its way.
func Sync() {}

// UniqueId returns a name for a display that is to be updated.
func UniqueId() string { return fmt.Sprintf("%08x", rand.Uint32()) }

// UniqueID is UniqueId.
func UniqueID() string { return UniqueId() }

func show(mime protocol.MIMEType, content any, id string) {
	SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{mime: content}, DisplayID: id})
}

func DisplayHTML(html string)                 { show(protocol.MIMETextHTML, html, "") }
func DisplayHtml(html string)                 { DisplayHTML(html) }
func DisplayHTMLF(format string, args ...any) { DisplayHTML(fmt.Sprintf(format, args...)) }
func DisplayHtmlf(format string, args ...any) { DisplayHTMLF(format, args...) }
func DisplayMarkdown(markdown string)         { show(protocol.MIMETextMarkdown, markdown, "") }
func DisplayPNG(png []byte)                   { show(protocol.MIMEImagePNG, png, "") }
func DisplayPng(png []byte)                   { DisplayPNG(png) }
func DisplaySVG(svg string)                   { DisplayHTML(svg) }
func DisplaySvg(svg string)                   { DisplaySVG(svg) }
func UpdateHTML(id, html string)              { show(protocol.MIMETextHTML, html, id) }
func UpdateHtml(id, html string)              { UpdateHTML(id, html) }
func UpdateMarkdown(id, markdown string)      { show(protocol.MIMETextMarkdown, markdown, id) }
func ScriptJavascript(script string)          { show(protocol.MIMETextJavascript, script, "") }
func RequestInput(prompt string, password bool) {
	show(protocol.MIMEJupyterInput, protocol.InputRequest{Prompt: prompt, Password: password}, "")
}

// DisplayImage shows an image, as PNG.
func DisplayImage(img image.Image) error {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return err
	}
	DisplayPNG(b.Bytes())
	return nil
}

// EmbedImageAsPNGSrc returns an image as the src of an <img>.
func EmbedImageAsPNGSrc(img image.Image) (string, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
