package main

import (
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/aws-iam-authenticator/pkg/token"
)

// explainRefusal says what an operator can do about a token that the verifier refused.
func explainRefusal(err error, clusterName string) string {
	said := err.Error()
	var malformed token.FormatError
	var throttled token.STSThrottling
	switch {
	case errors.As(err, &throttled):
		return "STS throttles the review of tokens. Try again later."
	case errors.As(err, &malformed) && !strings.Contains(said, "is expired"):
		return fmt.Sprintf("The token is malformed: %s.", strings.TrimPrefix(said, "input token was not properly formatted: "))
	case strings.Contains(said, "ExpiredToken"):
		return "The credentials that the token was made with are expired. Make a new one with fresh credentials."
	case strings.Contains(said, "is expired"), strings.Contains(said, "Signature expired"):
		return "The token is expired: it is good for 15 minutes. Make a new one."
	case strings.Contains(said, "Signature not yet current"):
		return "The token is not valid yet. Set the clock of the machine that made it."
	case strings.Contains(said, "SignatureDoesNotMatch"):
		return fmt.Sprintf("STS refuses the token's signature: it was made for another cluster than %s, or changed afterwards.", clusterName)
	case strings.Contains(said, "InvalidClientTokenId"):
		return "STS does not know the credentials that the token was made with."
	default:
		return fmt.Sprintf("The token could not be verified: %s.", said)
	}
}
