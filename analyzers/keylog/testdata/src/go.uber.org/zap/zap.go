// Package zap stands in for the real one.
package zap

type Logger struct{}

type Field struct{}

func L() *Logger { return nil }

func (*Logger) Info(msg string, fields ...Field) {}

func String(key, val string) Field { return Field{} }
