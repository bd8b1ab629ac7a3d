// Package ui is the page's half of nb/play: one script and one style sheet,
// for a notebook's cell and for the static site alike.
package ui

import _ "embed"

//go:embed play.js
var Script string

//go:embed play.css
var Style string
