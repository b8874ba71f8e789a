package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
)

// A refusal is an address that is not contacted, although a name of the
// service leads to it.
type refusal struct{ addr netip.Addr }

func (r *refusal) Error() string {
	return fmt.Sprintf("its name leads to %s, which is no public address", r.addr)
}

// errForeign is for hosts that nobody configured. It shows a fault in this
// package: requests go to hosts of recipes only.
var errForeign = errors.New("the host is not configured")

// reserved are the ranges that are no public addresses and that netip has no
// method for (https://www.iana.org/assignments/iana-ipv4-special-registry and
// the one for IPv6), and those that embed an IPv4 address, which could be any.
func reserved() []netip.Prefix {
	var list []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fec0::/10",
	} {
		list = append(list, netip.MustParsePrefix(s))
	}
	return list
}

// public reports whether addr is an address of the public Internet.
func public(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return addr.IsGlobalUnicast() && !addr.IsPrivate() &&
		!slices.ContainsFunc(reserved(), func(p netip.Prefix) bool { return p.Contains(addr) })
}

// A guard decides where connections may go.
type guard struct {
	hosts map[string]bool // HOST:PORT, and whether it may lie in a private network
}

// dial opens a connection to a configured host. The address is looked at after
// the name was resolved and right before the connection is made, so that no
// answer of a name server gets around it.
func (g guard) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	private, ok := g.hosts[addr]
	if !ok {
		return nil, errForeign
	}
	d := net.Dialer{Timeout: dialTimeout}
	if !private {
		d.Control = refusePrivate
	}
	return d.DialContext(ctx, network, addr)
}

// refusePrivate is a Control function of a dialer.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errForeign
	}
	if !public(at.Addr()) {
		return &refusal{at.Addr()}
	}
	return nil
}
