package main

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
)

// serverT stands in for *testing.T: the test server reports unknown routes and cleans up through it.
type serverT struct {
	cleanups []func()
	tempDirs []string
	failures atomic.Int64
}

func (t *serverT) Log(args ...any) {}

func (t *serverT) Logf(format string, args ...any) {}

func (t *serverT) Error(args ...any) {
	t.failures.Add(1)
	fmt.Fprintln(os.Stderr, args...)
}

func (t *serverT) Errorf(format string, args ...any) {
	t.Error(fmt.Sprintf(format, args...))
}

func (t *serverT) Fatal(args ...any) {
	t.Error(args...)
	t.FailNow()
}

func (t *serverT) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	t.FailNow()
}

func (t *serverT) FailNow() {
	t.cleanUp()
	os.Exit(1)
}

func (t *serverT) Failed() bool { return t.failures.Load() > 0 }

func (t *serverT) Skip(args ...any) {}

func (t *serverT) Skipf(format string, args ...any) {}

func (t *serverT) Cleanup(cleanup func()) { t.cleanups = append(t.cleanups, cleanup) }

func (t *serverT) Context() context.Context { return context.Background() }

func (t *serverT) Setenv(key, value string) {
	if err := os.Setenv(key, value); err != nil {
		t.Fatal(err)
	}
}

func (t *serverT) TempDir() string {
	dir, err := os.MkdirTemp("", "fakeworkspace-*")
	if err != nil {
		t.Fatal(err)
	}
	t.tempDirs = append(t.tempDirs, dir)
	return dir
}

func (t *serverT) Helper() {}

func (t *serverT) Name() string { return "fakeworkspace" }

func (t *serverT) cleanUp() {
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
	for _, dir := range t.tempDirs {
		os.RemoveAll(dir)
	}
	t.cleanups, t.tempDirs = nil, nil
}
