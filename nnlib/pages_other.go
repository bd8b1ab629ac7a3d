//go:build !linux

package nnlib

func inHugePages([]uint64) {} // macOS and Windows have no such wish
