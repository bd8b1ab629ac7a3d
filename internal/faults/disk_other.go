//go:build !linux

package faults

import "testing"

// Disk is a small file system, which only Linux lets a test make.
type Disk struct{ Dir string }

// OnSmallDisk skips the test.
func OnSmallDisk(t *testing.T, kib int, test func(disk Disk)) {
	t.Skip("optional: small disks are made on Linux only")
}

func (Disk) Resize(kib int) {}
func (Disk) ReadOnly()      {}
