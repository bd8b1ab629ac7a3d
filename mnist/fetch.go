//go:build !js && !cell

package mnist

// This file downloads files of MNIST: one at a time for each, from the first of
// several mirrors that serves it, within bounds of time and memory.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/hashicorp/go-retryablehttp"

	"nnbook/nnlib"
)

// maxDownload bounds what is read of one file, in bytes: the largest has 47 MB
// even unpacked.
const maxDownload = 48 << 20

// fetcher downloads files from one of several mirrors.
type fetcher struct {
	mirrors []string // URLs that the name of a packed file completes
	client  *retryablehttp.Client
	idle    time.Duration // a mirror that sends nothing for this long is given up
	total   time.Duration // and so is one that takes longer for a file, retries included
}

func newFetcher() *fetcher {
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.RetryMax = 3
	client.RetryWaitMin = 500 * time.Millisecond // doubles at each retry
	client.CheckRetry = worthRetry
	client.ErrorHandler = retryablehttp.PassthroughErrorHandler // or it hides the cause in a sentence
	return &fetcher{
		mirrors: []string{
			"https://ossci-datasets.s3.amazonaws.com/mnist/",
			"https://storage.googleapis.com/cvdf-datasets/mnist/",
		},
		client: client,
		idle:   30 * time.Second,
		total:  10 * time.Minute,
	}
}

// worthRetry says whether to ask a mirror again: when it failed, or broke off,
// but not when it sent something else.
func worthRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	var damage *nnlib.FormatError
	if errors.As(err, &damage) {
		return errors.Is(err, io.ErrUnexpectedEOF), err
	}
	return retryablehttp.ErrorPropagatedRetryPolicy(ctx, resp, err)
}

// download fetches file f into dir and returns its values. One process does it
// at a time; the others wait, and use what it leaves. Why says what is wrong
// with the file that is there.
func (ft *fetcher) download(ctx context.Context, dir string, f file, why error) ([]byte, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("%w; %w", why, err)
	}
	lock := flock.New(filepath.Join(dir, f.name+".lock"))
	if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return nil, fmt.Errorf("%w; lock: %w", why, err)
	}
	defer lock.Unlock()
	if data := f.verified(filepath.Join(dir, f.name), dir); data != nil {
		return data, nil
	}
	data, err := ft.fromMirrors(ctx, f)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("mnist: download of %s: %w", f.name, ctx.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("%w; download: %w (want a connection, or the four files in a folder that %s names; %s=drawn does without)",
			why, err, envDir, envDigits)
	}
	if err := f.store(dir, data); err != nil {
		return nil, fmt.Errorf("%w; %w", why, err)
	}
	f.tidy(dir)
	return data, nil
}

// fromMirrors fetches file f from the first mirror that has it.
func (ft *fetcher) fromMirrors(ctx context.Context, f file) (data []byte, err error) {
	var failed error
	for _, mirror := range ft.mirrors {
		if data, err = ft.fromMirror(ctx, mirror, f); err == nil {
			return data, nil
		}
		err = fmt.Errorf("%s: %w", mirror, err)
		if failed != nil {
			err = fmt.Errorf("%w; %w", failed, err)
		}
		failed = err
	}
	return nil, failed
}

// fromMirror fetches file f from a mirror, more than once if that may help.
func (ft *fetcher) fromMirror(ctx context.Context, mirror string, f file) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, ft.total, fmt.Errorf("not done after %v", ft.total))
	defer cancel()
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	idle := time.AfterFunc(ft.idle, func() { giveUp(fmt.Errorf("nothing came for %v", ft.idle)) })
	defer idle.Stop()

	name := f.name + ".gz"
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, mirror+name, nil)
	if err != nil {
		return nil, err
	}
	var data []byte
	// The body is read in this handler, so that a broken one is asked for again.
	req.SetResponseHandler(func(resp *http.Response) (err error) {
		if resp.StatusCode == http.StatusOK {
			body := io.LimitReader(resp.Body, maxDownload)
			data, err = f.parse(name, &watched{body, idle, ft.idle})
		}
		resp.Body.Close()
		return err
	})
	resp, err := ft.client.Do(req)
	if resp != nil {
		resp.Body.Close()
	}
	var address *url.Error
	switch {
	case err == nil && resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("status %s", resp.Status)
	case err == nil:
		return data, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.As(err, &address): // which fromMirrors names
		return nil, address.Err
	}
	return nil, err
}

// watched keeps a timer from firing while reading goes on.
type watched struct {
	r     io.Reader
	timer *time.Timer
	limit time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if n > 0 {
		w.timer.Reset(w.limit)
	}
	return n, err
}
