//go:build cell && !js

package mnist

// This file lets the command nnbook, which lies beside the kernel, download for
// the cells of a notebook. Go's HTTP and TLS, which that takes, are a quarter of
// the program that each cell would have to link.

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

type fetcher struct{}

func newFetcher() *fetcher { return &fetcher{} }

// download has the four files fetched and returns the values of f. Why says
// what is wrong with the file that is there.
func (ft *fetcher) download(ctx context.Context, dir string, f file, why error) ([]byte, error) {
	said, err := exec.CommandContext(ctx, "nnbook", "data").CombinedOutput()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("mnist: download of %s: %w", f.name, ctx.Err())
	}
	if data := f.verified(filepath.Join(dir, f.name), dir); data != nil {
		return data, nil
	}
	if len(said) == 0 {
		return nil, fmt.Errorf("%w; download: %w (want nnbook, which make lab builds)", why, err)
	}
	reason := strings.TrimSpace(string(said))
	if _, after, ok := strings.Cut(reason, why.Error()+"; "); ok { // it was said already
		reason = after
	}
	return nil, fmt.Errorf("%w; %s", why, reason)
}
