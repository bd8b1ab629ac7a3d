package nb

import "testing"

func TestKeptIsWhatKeepStored(t *testing.T) {
	t.Chdir(t.TempDir())
	Keep("counts", []int{3, 1, 2})
	if got := Kept[[]int]("counts"); len(got) != 3 || got[1] != 1 {
		t.Errorf("kept %v", got)
	}
}
