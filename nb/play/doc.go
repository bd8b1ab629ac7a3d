// Package play is what answers a reader who draws a digit or turns the knobs
// of a training: in a notebook's cell, and, compiled to WebAssembly, on a
// static page. It knows nothing of either. A [Session] is given messages from
// the page, as JSON, and a function that sends messages to it:
//
//	s := play.NewSession(net, train, test, send)
//	defer s.Close()
//	s.Handle(`{"kind": "draw", "n": 1, "pen": 0.09, "strokes": [[[0.4, 0.2], [0.4, 0.8]]]}`)
//
// Files: session.go has all messages, draw.go what the network makes of a
// picture, why.go which pixels argued for that, picture.go how strokes become a
// picture, learn.go what the reader teaches; knobs.go what a reader turns, run.go
// the trainings, kept.go those that are kept. The page's half lies in web/hands.
//
// What comes from a page is not trusted: whatever a message holds, the answer
// is a result or an error message, in bounded time and memory.
package play
