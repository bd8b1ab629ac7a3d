//go:build !js

package play

import "context"

// breathe is for breathe_js.go: elsewhere goroutines have threads.
func breathe(ctx context.Context) context.Context { return ctx }
