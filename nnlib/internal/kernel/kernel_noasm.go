//go:build !amd64 || purego

package kernel

func available() []*vector { return nil }
