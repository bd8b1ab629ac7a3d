package cells

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Book is what the paths of the book's packages begin with, whoever has published it.
var Book = strings.TrimSuffix(reflect.TypeFor[Index]().PkgPath(), "web/lab/cells")

// Index says what comes with the browser's lab. web/lab/toolchain writes it.
type Index struct {
	Go       string             `json:"go"`       // the version of all of it
	Tools    map[string]File    `json:"tools"`    // compile, link, driver; helper and its reference
	Bundles  map[string]File    `json:"bundles"`  // archives, one after another
	Packages map[string]Package `json:"packages"` // by import path, with all that they import in turn
	First    []string           `json:"first"`    // the bundles of what nearly every cell needs
	Later    []string           `json:"later"`    // and of what many need
	Programs map[string]File    `json:"programs"` // that need not be built, by their keys
}

// Package is one that a cell's program is linked with.
type Package struct {
	Name    string   `json:"name"`
	Bundle  string   `json:"bundle,omitempty"` // where the archive lies; unsafe has none
	At      int      `json:"at,omitempty"`     // its first byte
	Size    int      `json:"size,omitempty"`
	Imports []string `json:"imports,omitempty"`
	Exports []string `json:"exports,omitempty"` // empty where a cell may not import it
}

// File is a file of the lab.
type File struct {
	Name string `json:"name"`
	Size int    `json:"size"` // in bytes
}

// ReadIndex reads what web/lab/toolchain has written.
func ReadIndex(text string) (*Index, error) {
	index := new(Index)
	return index, json.Unmarshal([]byte(text), index)
}

// JSON is what a worker is answered.
func JSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
