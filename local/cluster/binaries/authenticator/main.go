// Command authenticator lets a kube-apiserver authenticate EKS bearer tokens without AWS: `webhook` reviews the tokens,
// and `sts` stands in for the STS that vouches for them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

const usage = `Usage: authenticator webhook|sts [flags]

webhook  reviews EKS tokens for a kube-apiserver (TokenReview v1, POST /authenticate)
sts      answers presigned GetCallerIdentity requests whose signature holds

authenticator <command> -help prints a command's flags.
`

const portUsage = "port on 127.0.0.1 to listen on, over plain HTTP; by default any free one, which is printed"

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	var err error
	switch command, args := os.Args[1], os.Args[2:]; command {
	case "webhook":
		err = runWebhook(args)
	case "sts":
		err = runSTS(args)
	default:
		err = fmt.Errorf("there is no command %q\n%s", command, usage)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func runWebhook(args []string) error {
	flags := flag.NewFlagSet("webhook", flag.ExitOnError)
	port := flags.Int("port", 0, portUsage)
	clusterName := flags.String("cluster-name", "", "name of the EKS cluster that tokens have to be made for")
	region := flags.String("region", "", "AWS region of the cluster")
	partition := flags.String("partition", "aws", "AWS partition of the cluster: aws, aws-cn, aws-us-gov ...")
	accessEntries := flags.String("access-entries", "", "JSON file of access entries, read anew for each review")
	eksEndpoint := flags.String("eks-endpoint", "", "EKS API to read access entries from instead, signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	stsEndpoint := flags.String("sts-endpoint", "", "where requests for STS go instead of AWS")
	flags.Parse(args)

	if *clusterName == "" || *region == "" {
		return errors.New("-cluster-name and -region are required")
	}
	if (*accessEntries == "") == (*eksEndpoint == "") {
		return errors.New("either -access-entries or -eks-endpoint is required")
	}
	if *stsEndpoint != "" {
		endpoint, err := parseEndpoint(*stsEndpoint)
		if err != nil {
			return err
		}
		// The reference verifier makes a client of its own, which takes the default transport.
		http.DefaultTransport = newDivertedSTS(endpoint, http.DefaultTransport)
	}
	var entries entrySource = entriesFromFile(*accessEntries)
	if *eksEndpoint != "" {
		endpoint, err := parseEndpoint(*eksEndpoint)
		if err != nil {
			return err
		}
		entries = entriesFromEKS(endpoint, *clusterName, *region)
	}
	return serve(*port, newWebhook(*clusterName, *partition, *region, entries))
}

func runSTS(args []string) error {
	flags := flag.NewFlagSet("sts", flag.ExitOnError)
	port := flags.Int("port", 0, portUsage)
	credentials := flags.String("credentials", "", "JSON file of the credentials that are known, read anew for each request")
	flags.Parse(args)

	if *credentials == "" {
		return errors.New("-credentials is required")
	}
	return serve(*port, newSTS(*credentials))
}

func serve(port int, handler http.Handler) error {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	log.Printf("Listening on http://%s", listener.Addr())
	return (&http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}).Serve(listener)
}

func parseEndpoint(text string) (*url.URL, error) {
	endpoint, err := url.Parse(text)
	if err != nil || endpoint.Host == "" {
		return nil, fmt.Errorf("%q is not an endpoint such as http://127.0.0.1:4566", text)
	}
	return endpoint, nil
}
