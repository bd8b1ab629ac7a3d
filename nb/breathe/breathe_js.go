// Package breathe lets a training hear what is said to it, where it has the only
// thread: in a browser. There, messages come in only while every goroutine
// sleeps; elsewhere goroutines have threads, and this does nothing.
package breathe

import (
	"context"
	"sync"
	"syscall/js"
	"time"
)

// Context returns ctx for a training that asks for ctx.Err between mini-batches:
// there it takes a breath, now and again.
func Context(ctx context.Context) context.Context { return breathing{ctx} }

type breathing struct{ context.Context }

func (b breathing) Err() error {
	breathe()
	return b.Context.Err()
}

// breathe holds the lock while it pauses, so that trainings side by side pause
// together: one that computed meanwhile would keep the page waiting.
func breathe() {
	mu.Lock()
	defer mu.Unlock()
	if time.Since(last) > 20*time.Millisecond {
		port.Call("postMessage", nil)
		<-woken
		last = time.Now()
	}
}

// A message to oneself comes after those that wait, and at once where there are
// none: a timer of a browser takes 4 ms at least.
var (
	mu    sync.Mutex
	last  = time.Now()
	woken = make(chan struct{})
	port  = func() js.Value {
		channel := js.Global().Get("MessageChannel").New()
		channel.Get("port1").Set("onmessage", js.FuncOf(func(js.Value, []js.Value) any {
			woken <- struct{}{}
			return nil
		}))
		return channel.Get("port2")
	}()
)
