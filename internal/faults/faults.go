// Package faults makes real faults for tests: processes that are killed, disks
// that are full. docs/guarantees.md says what is tested with them. Only tests
// import it.
package faults

import (
	"bufio"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Times is how often a test repeats a fault: rarely in make test, often in
// make soak, which sets NNBOOK_SOAK.
func Times(test, soak int) int {
	if os.Getenv("NNBOOK_SOAK") != "" {
		return soak
	}
	return test
}

// The environment of a process that Again has started.
const envArgument = "NNBOOK_FAULTS_ARGUMENT"

// Again returns this test program as another process, to be started, that runs
// only the test at hand. There Argument returns the argument. On an emulated
// machine, where a program cannot start itself, the test is skipped.
func Again(t *testing.T, argument string) *exec.Cmd {
	t.Helper()
	empty := exec.Command(os.Args[0], "-test.run=^$")
	if err := empty.Start(); err != nil {
		t.Skipf("optional: this program cannot start itself: %v", err)
	}
	empty.Wait()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1")
	cmd.Env = append(os.Environ(), envArgument+"="+argument)
	return cmd
}

// Argument returns the argument of a process that Again made, else "".
func Argument() string { return os.Getenv(envArgument) }

// Ready tells the process that is to kill this one that it may.
func Ready() { os.Stdout.WriteString("ready\n") }

// Kill starts cmd, waits until it is ready, and kills it at a random moment
// before within has passed. It reports whether the process was still at work.
func Kill(t *testing.T, cmd *exec.Cmd, rng *rand.Rand, within time.Duration) (killed bool) {
	t.Helper()
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Errorf("the process to be killed says %q, want ready", line)
	}
	time.Sleep(time.Duration(rng.Int64N(int64(within))))
	cmd.Process.Kill()
	cmd.Wait()
	return !cmd.ProcessState.Success()
}

// Random returns random numbers of a new seed, which a test that fails prints.
func Random(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// AtOnce starts processes, all of which must end well, and waits for them.
func AtOnce(t *testing.T, processes int, argument func(i int) string) {
	t.Helper()
	done := make(chan func(), processes)
	for i := range processes {
		cmd := Again(t, argument(i))
		go func() {
			out, err := cmd.CombinedOutput()
			done <- func() {
				t.Helper()
				if err != nil {
					t.Errorf("process %d of %d at once: %v\n%s", i, processes, err, out)
				}
			}
		}()
	}
	for range processes {
		(<-done)()
	}
}
