package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// eksEntries reads access entries from an EKS API: ListAccessEntries finds the principal, DescribeAccessEntry its groups.
type eksEntries struct {
	endpoint    *url.URL
	clusterName string
	region      string
	client      *http.Client
}

func entriesFromEKS(endpoint *url.URL, clusterName, region string) entrySource {
	return &eksEntries{endpoint, clusterName, region, &http.Client{Timeout: 10 * time.Second}}
}

func (e *eksEntries) find(canonicalARN string) (*accessEntry, error) {
	for nextToken := ""; ; {
		var page struct {
			AccessEntries []string `json:"accessEntries"`
			NextToken     string   `json:"nextToken"`
		}
		query := url.Values{}
		if nextToken != "" {
			query.Set("nextToken", nextToken)
		}
		if err := e.get(query, &page, "clusters", e.clusterName, "access-entries"); err != nil {
			return nil, err
		}
		for _, principal := range page.AccessEntries {
			if isPrincipal(principal, canonicalARN) {
				return e.describe(principal)
			}
		}
		if nextToken = page.NextToken; nextToken == "" {
			return nil, nil
		}
	}
}

func (e *eksEntries) describe(principalARN string) (*accessEntry, error) {
	var answer struct {
		AccessEntry accessEntry `json:"accessEntry"`
	}
	err := e.get(nil, &answer, "clusters", e.clusterName, "access-entries", principalARN)
	return &answer.AccessEntry, err
}

func (e *eksEntries) get(query url.Values, answer any, path ...string) error {
	target := *e.endpoint
	for _, part := range path {
		target.RawPath += "/" + url.PathEscape(part)
		target.Path += "/" + part
	}
	target.RawQuery = query.Encode()
	request, err := http.NewRequest(http.MethodGet, target.String(), nil)
	if err != nil {
		return err
	}
	empty := sha256.Sum256(nil)
	err = v4.NewSigner().SignHTTP(context.Background(), credentials(), request, hex.EncodeToString(empty[:]), "eks", e.region, time.Now())
	if err != nil {
		return err
	}
	response, err := e.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("EKS answered %d: %s", response.StatusCode, body)
	}
	return json.Unmarshal(body, answer)
}

// credentials are the environment's; an emulator that looks at no signature needs none.
func credentials() aws.Credentials {
	found := aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
	}
	if !found.HasKeys() {
		return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	}
	return found
}
