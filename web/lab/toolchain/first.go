package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nnbook/web/lab/cells"
)

// firsts are the notebooks that a reader opens first. The program of their first
// cell comes with the lab, as a reader's browser would make it: there is
// something to see before the compiler is there.
var firsts = []string{"notebooks/00-welcome.ipynb", "notebooks/student/00-welcome.ipynb"}

// programs builds them, from the archives at the paths in archives.
func programs(folder, tmp string, index *cells.Index, archives map[string]string) error {
	for i, notebook := range firsts {
		sources, err := codeCells(notebook)
		if err != nil {
			return err
		}
		if len(sources) == 0 {
			return fmt.Errorf("%s: no cell of code, want a first one", notebook)
		}
		p, err := cells.New(index).Cell(1, sources[0])
		if err != nil {
			return fmt.Errorf("%s: %w", notebook, err)
		}
		if p.Ready != "" { // the editions may begin alike
			continue
		}
		program, err := build(tmp, p, archives)
		if err != nil {
			return fmt.Errorf("%s: %w", notebook, err)
		}
		if index.Programs[p.Key()], err = put(folder, fmt.Sprintf("first%d.wasm", i), program); err != nil {
			return err
		}
	}
	return nil
}

// build is what web/lab/kernel/src/builder.ts does.
func build(tmp string, p *cells.Program, archives map[string]string) ([]byte, error) {
	folder, err := os.MkdirTemp(tmp, "program-")
	if err != nil {
		return nil, err
	}
	steps := p.Steps(folder, func(path string) string { return archives[path] })
	for name, content := range map[string]string{"main.go": p.Main, "importcfg": steps.Config} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	for _, step := range [][]string{append([]string{"compile"}, steps.Compile...), append([]string{"link"}, steps.Link...)} {
		if _, err := runIn(folder, append([]string{"go", "tool"}, step...)...); err != nil {
			return nil, err
		}
	}
	return os.ReadFile(filepath.Join(folder, "main.wasm"))
}

// codeCells returns the source of each cell of code of a notebook.
func codeCells(path string) ([]string, error) {
	var notebook struct {
		Cells []struct {
			Type   string   `json:"cell_type"`
			Source []string `json:"source"`
		} `json:"cells"`
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &notebook); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var sources []string
	for _, cell := range notebook.Cells {
		if cell.Type == "code" {
			sources = append(sources, strings.Join(cell.Source, ""))
		}
	}
	return sources, nil
}
