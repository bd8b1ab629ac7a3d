package faults

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// Disk is a small file system in memory. It is there for one process only, and
// gone with it.
type Disk struct {
	Dir string
	t   *testing.T
}

// exitNoDisk is the exit code of a process that may not mount a disk.
const exitNoDisk = 77

// OnSmallDisk runs a test in a process of its own, on a disk of the given size.
// Where that is not allowed the test is skipped.
func OnSmallDisk(t *testing.T, kib int, test func(disk Disk)) {
	t.Helper()
	if dir := Argument(); dir != "" {
		disk := Disk{dir, t}
		err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
		if err == nil {
			err = syscall.Mount("tmpfs", dir, "tmpfs", 0, size(kib))
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(exitNoDisk)
		}
		test(disk)
		return
	}
	cmd := Again(t, t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		root := []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = root
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case !errors.As(err, &exit) || exit.ExitCode() == exitNoDisk:
		t.Skipf("optional: a small disk cannot be mounted here (%v %s)", err, strings.TrimSpace(string(out)))
	default:
		t.Errorf("on a disk of %d KiB: %v\n%s", kib, err, out)
	}
}

func size(kib int) string { return fmt.Sprintf("size=%dk", kib) }

// Resize gives the disk another size.
func (d Disk) Resize(kib int) { d.remount(0, size(kib)) }

// ReadOnly keeps everybody from writing, also root.
func (d Disk) ReadOnly() { d.remount(syscall.MS_RDONLY, "") }

func (d Disk) remount(flags uintptr, options string) {
	d.t.Helper()
	if err := syscall.Mount("", d.Dir, "", syscall.MS_REMOUNT|flags, options); err != nil {
		d.t.Fatal(err)
	}
}
