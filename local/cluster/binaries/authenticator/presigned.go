package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	amzDate = "20060102T150405Z"
	// How long STS accepts a signature, whatever X-Amz-Expires says.
	signatureLifetime = 15 * time.Minute
	// How far a signer's clock may be ahead.
	clockSkew = 5 * time.Minute
)

// What the signer adds to the query by itself.
var signerParameters = []string{
	"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-SignedHeaders",
}

// verifyPresigned signs the request again with the secret key that belongs to it, and compares.
func verifyPresigned(request *http.Request, principals []principal, now time.Time) (*principal, *stsError) {
	query := request.URL.Query()
	if request.Method != http.MethodGet || request.URL.Path != "/" || query.Get("Action") != "GetCallerIdentity" {
		return nil, &stsError{http.StatusBadRequest, "InvalidAction", "Only a presigned GetCallerIdentity is answered."}
	}
	scope := strings.Split(query.Get("X-Amz-Credential"), "/")
	signedAt, err := time.Parse(amzDate, query.Get("X-Amz-Date"))
	if len(scope) != 5 || err != nil || query.Get("X-Amz-Signature") == "" {
		return nil, forbidden("IncompleteSignature", "The credential, the date or the signature is missing or malformed.")
	}
	caller := findPrincipal(principals, scope[0], query.Get("X-Amz-Security-Token"))
	if caller == nil {
		return nil, forbidden("InvalidClientTokenId", "The security token included in the request is invalid.")
	}
	region, service := scope[2], scope[3]
	if host := strings.Split(request.Host, "."); service != "sts" || len(host) < 3 || host[1] != region {
		return nil, forbidden("SignatureDoesNotMatch", "Credential should be scoped to a valid region and to service sts.")
	}
	expected, err := signAgain(request, caller, service, region, signedAt)
	if err != nil {
		return nil, forbidden("IncompleteSignature", err.Error())
	}
	if !sameQuery(query, expected) {
		return nil, forbidden("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
	}
	if oldest := now.Add(-signatureLifetime); signedAt.Before(oldest) {
		return nil, forbidden("SignatureDoesNotMatch", fmt.Sprintf("Signature expired: %s is now earlier than %s", signedAt.Format(amzDate), oldest.UTC().Format(amzDate)))
	}
	if newest := now.Add(clockSkew); signedAt.After(newest) {
		return nil, forbidden("SignatureDoesNotMatch", fmt.Sprintf("Signature not yet current: %s is still later than %s", signedAt.Format(amzDate), newest.UTC().Format(amzDate)))
	}
	if !caller.Expiration.IsZero() && now.After(caller.Expiration) {
		return nil, forbidden("ExpiredToken", "The security token included in the request is expired")
	}
	return caller, nil
}

func forbidden(code, message string) *stsError {
	return &stsError{http.StatusForbidden, code, message}
}

func findPrincipal(principals []principal, accessKeyID, sessionToken string) *principal {
	for _, known := range principals {
		if known.AccessKeyID == accessKeyID && known.SessionToken == sessionToken {
			return &known
		}
	}
	return nil
}

// signAgain presigns the same request from its bare form, and returns the query that comes out.
func signAgain(request *http.Request, caller *principal, service, region string, signedAt time.Time) (url.Values, error) {
	bare := request.URL.Query()
	signedHeaders := strings.Split(bare.Get("X-Amz-SignedHeaders"), ";")
	for _, name := range signerParameters {
		bare.Del(name)
	}
	again, err := http.NewRequest(http.MethodGet, "https://"+request.Host+"/?"+bare.Encode(), nil)
	if err != nil {
		return nil, err
	}
	for _, name := range signedHeaders {
		if name != "host" {
			again.Header.Set(name, request.Header.Get(name))
		}
	}
	credentials := aws.Credentials{
		AccessKeyID:     caller.AccessKeyID,
		SecretAccessKey: caller.SecretAccessKey,
		SessionToken:    caller.SessionToken,
	}
	empty := sha256.Sum256(nil)
	signed, _, err := v4.NewSigner().PresignHTTP(context.Background(), credentials, again, hex.EncodeToString(empty[:]), service, region, signedAt)
	if err != nil {
		return nil, err
	}
	parsed, err := url.Parse(signed)
	if err != nil {
		return nil, err
	}
	return parsed.Query(), nil
}

// sameQuery compares the signatures, and what they are made over: nothing may stand beside it.
func sameQuery(given, expected url.Values) bool {
	return given.Encode() == expected.Encode() &&
		hmac.Equal([]byte(given.Get("X-Amz-Signature")), []byte(expected.Get("X-Amz-Signature")))
}
