package play

import (
	"context"
	"time"
)

// breathe returns ctx for a training in WebAssembly. There is one thread for
// all, and messages come in only while every goroutine sleeps. A training asks
// for ctx.Err between mini-batches: then it takes a breath, now and again.
func breathe(ctx context.Context) context.Context {
	return &breathing{ctx, time.Now()}
}

type breathing struct {
	context.Context
	last time.Time
}

func (b *breathing) Err() error {
	if time.Since(b.last) > 20*time.Millisecond {
		time.Sleep(time.Millisecond)
		b.last = time.Now()
	}
	return b.Context.Err()
}
