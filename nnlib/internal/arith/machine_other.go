//go:build !amd64 || purego

package arith

func available() []*vector { return nil }
