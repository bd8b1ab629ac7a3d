package nb

// This file keeps what a figure shows out of sight until the figure is there.

import (
	"encoding/json"
	"fmt"
	"os"
)

// AltText returns the alt text of this name from the file data/alt.json, which
// comes with the book. Where readers are asked what a figure will show, its cell
// calls the alt text by name: to spell it out would tell them. A notebook that
// has been moved away from the book still shows its figures: their alt text then
// says what is missing.
func AltText(name string) string {
	text := ""
	path, err := dataFile("alt.json")
	if err == nil {
		text, err = altText(path, name)
	}
	if err != nil {
		return fmt.Sprintf("This figure's description, %q, is not beside the notebook: %v.", name, err)
	}
	return text
}

func altText(path, name string) (string, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var texts map[string]string
	if err := json.Unmarshal(file, &texts); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	text, found := texts[name]
	if !found {
		return "", fmt.Errorf("%s has no alt text with the name %q", path, name)
	}
	return text, nil
}
