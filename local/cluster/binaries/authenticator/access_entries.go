package main

import (
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/aws-iam-authenticator/pkg/arn"
)

// accessEntry maps an IAM principal to a Kubernetes user, with the field names of the EKS API.
type accessEntry struct {
	PrincipalArn     string   `json:"principalArn"`
	KubernetesGroups []string `json:"kubernetesGroups"`
	Username         string   `json:"username"`
}

// entrySource finds the access entry of a principal, given the ARN that the verifier made canonical; nil if there is none.
type entrySource interface {
	find(canonicalARN string) (*accessEntry, error)
}

// entriesFromFile is the path of a JSON file that holds a list of access entries.
type entriesFromFile string

func (file entriesFromFile) find(canonicalARN string) (*accessEntry, error) {
	text, err := os.ReadFile(string(file))
	if err != nil {
		return nil, err
	}
	var entries []accessEntry
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, fmt.Errorf("%s is not a list of access entries: %w", file, err)
	}
	for _, entry := range entries {
		if isPrincipal(entry.PrincipalArn, canonicalARN) {
			return &entry, nil
		}
	}
	return nil, nil
}

// isPrincipal compares without the path of a role: a session's ARN does not tell it, and a role's name is unique in its
// account with or without one.
func isPrincipal(principalARN, canonicalARN string) bool {
	principal, err := arn.StripPath(principalARN)
	return err == nil && principal == canonicalARN
}
