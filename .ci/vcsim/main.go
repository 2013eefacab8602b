// vcsim for the tests: VMware's vCenter simulator behind a certificate that the tests hand in.
//
// It prints its address on the first line, and ends on SIGINT, SIGTERM or when its standard input is closed,
// so that it never outlives the tests that started it.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmware/govmomi/simulator"
)

func main() {
	model := simulator.VPX()
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	certificate := flag.String("cert", "", "file with the certificate chain (PEM)")
	key := flag.String("key", "", "file with the private key (PEM)")
	flag.IntVar(&model.ClusterHost, "hosts", model.ClusterHost, "hosts in the cluster")
	flag.IntVar(&model.Host, "standalone-hosts", model.Host, "hosts outside it")
	flag.IntVar(&model.Datastore, "datastores", model.Datastore, "datastores")
	flag.IntVar(&model.Pod, "pods", model.Pod, "datastore clusters")
	flag.IntVar(&model.Machine, "vms", model.Machine, "virtual machines for each resource pool")
	flag.Parse()

	pair, err := tls.LoadX509KeyPair(*certificate, *key)
	if err != nil {
		log.Fatal(err)
	}
	defer model.Remove()
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	model.Service.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	model.Service.Listen = &url.URL{Host: *listen, User: url.UserPassword("user", "pass")}
	model.Service.RegisterEndpoints = true
	server := model.Service.NewServer()
	defer server.Close()
	fmt.Println(server.URL.Host)

	done := make(chan os.Signal, 1)
	signal.Notify(done, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		done <- syscall.SIGTERM
	}()
	<-done
}
