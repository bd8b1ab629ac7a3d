// Package liberation stands in for gonum.org/v1/plot/font/liberation in the
// browser's lab: it brings the one font that the book's figures are drawn with.
// The eleven others lie on the site, and are fetched when a figure first wants
// them.
package liberation

import (
	"fmt"
	"os"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	stdfnt "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"

	"gonum.org/v1/plot/font"
)

const typeface = "Liberation"

// Collection returns the font of the figures.
func Collection() font.Collection { return collection() }

var collection = sync.OnceValue(func() font.Collection {
	font.Late = late
	sans := font.Font{Typeface: typeface, Variant: "Sans"}
	return font.Collection{{Font: sans, Face: parsed("LiberationSans-Regular", liberationsansregular.TTF)}}
})

func parsed(name string, ttf []byte) *opentype.Font {
	face, err := opentype.Parse(ttf)
	if err != nil {
		panic(fmt.Errorf("vg: could not parse font %s: %w", name, err))
	}
	return face
}

var (
	faces = map[string]*opentype.Font{} // those that were fetched, by the names of their files
	mu    sync.Mutex
)

// late returns the font, or nil if there is none of this kind.
func late(f font.Font) *opentype.Font {
	weights := map[stdfnt.Weight]string{stdfnt.WeightNormal: "", stdfnt.WeightBold: "Bold"}
	styles := map[stdfnt.Style]string{stdfnt.StyleNormal: "", stdfnt.StyleItalic: "Italic"}
	weight, known := weights[f.Weight]
	style, also := styles[f.Style]
	variants := map[font.Variant]bool{"Sans": true, "Serif": true, "Mono": true}
	if f.Typeface != typeface || !variants[f.Variant] || !known || !also {
		return nil
	}
	name := fmt.Sprintf("Liberation%s-%s", f.Variant, weight+style)
	if weight+style == "" {
		name += "Regular"
	}
	mu.Lock()
	defer mu.Unlock()
	if faces[name] == nil {
		ttf, err := os.ReadFile("/fonts/" + name + ".ttf")
		if err != nil {
			panic(fmt.Errorf("vg: font %s: %w", name, err))
		}
		faces[name] = parsed(name, ttf)
	}
	return faces[name]
}
