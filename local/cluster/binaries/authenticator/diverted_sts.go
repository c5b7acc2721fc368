package main

import (
	"net/http"
	"net/url"
	"strings"
)

// divertedSTS sends requests for STS to another endpoint. The Host header stays what the presigned URL says, because it is
// part of what was signed.
type divertedSTS struct {
	endpoint *url.URL
	direct   http.RoundTripper
	others   http.RoundTripper
}

func newDivertedSTS(endpoint *url.URL, others http.RoundTripper) http.RoundTripper {
	return &divertedSTS{endpoint: endpoint, direct: &http.Transport{}, others: others}
}

func (d *divertedSTS) RoundTrip(request *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(request.URL.Host, "sts.") {
		return d.others.RoundTrip(request)
	}
	diverted := request.Clone(request.Context())
	diverted.Host = request.URL.Host
	diverted.URL.Scheme = d.endpoint.Scheme
	diverted.URL.Host = d.endpoint.Host
	return d.direct.RoundTrip(diverted)
}
