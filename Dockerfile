# keylint in an image with nothing else in it, not even a shell. It runs as a user
# without rights:
#
#	docker run --rm -v "$PWD:/src:ro" keylint scan
#
# There is no git in it, which keylint needs for nothing but ci --deepen.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -buildvcs=false -trimpath -ldflags=-s -o /keylint ./cmd/keylint

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /keylint /usr/local/bin/keylint
USER nonroot
WORKDIR /src
ENTRYPOINT ["/usr/local/bin/keylint"]
CMD ["help"]
