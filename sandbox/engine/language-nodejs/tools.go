//go:build tools

// Package languagenodejs pins the Node.js language host, so that `go mod tidy` keeps its whole graph in go.sum.
package languagenodejs

import _ "github.com/pulumi/pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/v3"
