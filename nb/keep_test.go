package nb

import (
	"os"
	"testing"
)

func TestKeptIsWhatKeepStored(t *testing.T) {
	t.Chdir(t.TempDir())
	Keep("counts", []int{3, 1, 2})
	if got := Kept[[]int]("counts"); len(got) != 3 || got[1] != 1 {
		t.Errorf("kept %v", got)
	}
}

// Whether others may read a file is the umask's to say, as for any program's files.
func TestKeepLeavesPermissionsToTheSystem(t *testing.T) {
	t.Chdir(t.TempDir())
	ordinary, err := os.Create("ordinary")
	Check(err)
	Check(ordinary.Close())
	Keep("counts", 1)
	Keep("counts", 2) // in place of the older one
	want, err := os.Stat("ordinary")
	Check(err)
	got, err := os.Stat(File("counts.json"))
	Check(err)
	if got.Mode() != want.Mode() {
		t.Errorf("a kept file has mode %v, want %v as other new files", got.Mode(), want.Mode())
	}
	if entries, err := os.ReadDir(runs); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v in the folder, want counts.json alone", entries, err)
	}
}
