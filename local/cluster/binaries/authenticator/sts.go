package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

// A principal's credentials, as the stand-in STS knows them.
type principal struct {
	AccessKeyID     string    `json:"accessKeyId"`
	SecretAccessKey string    `json:"secretAccessKey"`
	SessionToken    string    `json:"sessionToken"`
	Expiration      time.Time `json:"expiration"`
	Arn             string    `json:"arn"`
	Account         string    `json:"account"`
	UserID          string    `json:"userId"`
}

// standInSTS answers GetCallerIdentity as STS does, for the principals of a JSON file.
type standInSTS struct {
	file string
}

func newSTS(file string) http.Handler {
	return &standInSTS{file}
}

// stsError is a refusal in the words of STS. Source: "Common errors" in the STS API reference.
type stsError struct {
	status  int
	code    string
	message string
}

func (s *standInSTS) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	principals, err := s.principals()
	if err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	caller, refusal := verifyPresigned(request, principals, time.Now())
	if refusal != nil {
		log.Printf("Refused: %s: %s", refusal.code, refusal.message)
		answerError(response, request, refusal)
		return
	}
	log.Printf("Answered %s", caller.Arn)
	answerIdentity(response, request, caller)
}

func (s *standInSTS) principals() ([]principal, error) {
	text, err := os.ReadFile(s.file)
	if err != nil {
		return nil, err
	}
	var principals []principal
	if err := json.Unmarshal(text, &principals); err != nil {
		return nil, fmt.Errorf("%s is not a list of credentials: %w", s.file, err)
	}
	return principals, nil
}

// STS answers in XML, and in JSON whoever asks for it.
const (
	stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"
	requestID    = "00000000-0000-0000-0000-000000000000"
)

func wantsJSON(request *http.Request) bool {
	return strings.Contains(request.Header.Get("Accept"), "application/json")
}

func answerIdentity(response http.ResponseWriter, request *http.Request, caller *principal) {
	if wantsJSON(request) {
		result := map[string]string{"Account": caller.Account, "Arn": caller.Arn, "UserId": caller.UserID}
		answerJSON(response, http.StatusOK, map[string]any{"GetCallerIdentityResponse": map[string]any{
			"GetCallerIdentityResult": result,
			"ResponseMetadata":        map[string]string{"RequestId": requestID},
		}})
		return
	}
	answerXML(response, http.StatusOK, struct {
		XMLName   xml.Name `xml:"GetCallerIdentityResponse"`
		Namespace string   `xml:"xmlns,attr"`
		Arn       string   `xml:"GetCallerIdentityResult>Arn"`
		UserID    string   `xml:"GetCallerIdentityResult>UserId"`
		Account   string   `xml:"GetCallerIdentityResult>Account"`
		RequestID string   `xml:"ResponseMetadata>RequestId"`
	}{Namespace: stsNamespace, Arn: caller.Arn, UserID: caller.UserID, Account: caller.Account, RequestID: requestID})
}

func answerError(response http.ResponseWriter, request *http.Request, refusal *stsError) {
	if wantsJSON(request) {
		answerJSON(response, refusal.status, map[string]any{
			"Error":     map[string]string{"Code": refusal.code, "Message": refusal.message, "Type": "Sender"},
			"RequestId": requestID,
		})
		return
	}
	answerXML(response, refusal.status, struct {
		XMLName   xml.Name `xml:"ErrorResponse"`
		Namespace string   `xml:"xmlns,attr"`
		Type      string   `xml:"Error>Type"`
		Code      string   `xml:"Error>Code"`
		Message   string   `xml:"Error>Message"`
		RequestID string   `xml:"RequestId"`
	}{Namespace: stsNamespace, Type: "Sender", Code: refusal.code, Message: refusal.message, RequestID: requestID})
}

func answerJSON(response http.ResponseWriter, status int, body any) {
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(status)
	json.NewEncoder(response).Encode(body)
}

func answerXML(response http.ResponseWriter, status int, body any) {
	response.Header().Set("Content-Type", "text/xml")
	response.WriteHeader(status)
	xml.NewEncoder(response).Encode(body)
}
