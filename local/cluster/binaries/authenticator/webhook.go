package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"strings"

	authentication "k8s.io/api/authentication/v1"
	"sigs.k8s.io/aws-iam-authenticator/pkg/token"
)

// A TokenReview holds little more than a token; a token has at most 4,096 bytes.
const maxReviewBytes = 1 << 20

type webhook struct {
	clusterName string
	verifier    token.Verifier
	entries     entrySource
}

func newWebhook(clusterName, partition, region string, entries entrySource) http.Handler {
	return &webhook{
		clusterName: clusterName,
		verifier:    token.NewVerifier(clusterName, partition, region),
		entries:     entries,
	}
}

// ServeHTTP answers a TokenReview. A refusal is an answer too: its reason is in status.error.
func (w *webhook) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodPost || request.URL.Path != "/authenticate" {
		http.NotFound(response, request)
		return
	}
	var review authentication.TokenReview
	body := http.MaxBytesReader(response, request.Body, maxReviewBytes)
	if err := json.NewDecoder(body).Decode(&review); err != nil {
		http.Error(response, fmt.Sprintf("This is not a TokenReview: %v", err), http.StatusBadRequest)
		return
	}
	if version := authentication.SchemeGroupVersion.String(); review.APIVersion != version || review.Kind != "TokenReview" {
		http.Error(response, fmt.Sprintf("Only a TokenReview of %s is reviewed.", version), http.StatusBadRequest)
		return
	}
	review.Status = w.review(review.Spec.Token)
	// The token is a secret, and the API server knows it already.
	review.Spec.Token = ""
	response.Header().Set("Content-Type", "application/json")
	json.NewEncoder(response).Encode(review)
}

func (w *webhook) review(bearer string) authentication.TokenReviewStatus {
	identity, err := w.verifier.Verify(bearer)
	if err != nil {
		return refused(explainRefusal(err, w.clusterName))
	}
	entry, err := w.entries.find(identity.CanonicalARN)
	if err != nil {
		return refused(fmt.Sprintf("The access entries of cluster %s could not be read: %v", w.clusterName, err))
	}
	if entry == nil {
		return refused(fmt.Sprintf("There is no access entry for %s in cluster %s.", identity.CanonicalARN, w.clusterName))
	}
	user := authentication.UserInfo{
		Username: username(entry, identity),
		UID:      fmt.Sprintf("aws-iam-authenticator:%s:%s", identity.AccountID, identity.UserID),
		Groups:   entry.KubernetesGroups,
		Extra: map[string]authentication.ExtraValue{
			"accessKeyId":  {identity.AccessKeyID},
			"arn":          {identity.ARN},
			"canonicalArn": {identity.CanonicalARN},
			"principalId":  {identity.UserID},
			"sessionName":  {identity.SessionName},
		},
	}
	log.Printf("Accepted %s as %s, groups %s", identity.ARN, user.Username, strings.Join(user.Groups, ", "))
	return authentication.TokenReviewStatus{Authenticated: true, User: user}
}

func refused(reason string) authentication.TokenReviewStatus {
	log.Printf("Refused: %s", reason)
	return authentication.TokenReviewStatus{Authenticated: false, Error: reason}
}

// username is the entry's; without one, a role's sessions are told apart by their name, as EKS does by default.
func username(entry *accessEntry, identity *token.Identity) string {
	template := entry.Username
	if template == "" {
		template = identity.ARN
	}
	return strings.NewReplacer(
		"{{SessionName}}", strings.ReplaceAll(identity.SessionName, "@", "-"),
		"{{SessionNameRaw}}", identity.SessionName,
		"{{AccountID}}", identity.AccountID,
	).Replace(template)
}
