curl --globoff --path-as-is --http1.1 \
  --request 'GET' \
  --url 'http://shop.example/items?id=7' \
  --header 'Host: shop.example' \
  --header 'User-Agent: probe/1' \
  --header 'Accept:'
curl --globoff --path-as-is --http1.1 \
  --request 'POST' \
  --url 'http://shop.example/' \
  --request-target "$(printf '/\033]0;owned\007\033[2J\302\23331m\342\200\256gnp.exe\015\012FAKE ROW\011tab\342\200\250\363\240\201\201?q=\033]0;owned\007\033[2J\302\23331m\342\200\256gnp.exe\015\012FAKE ROW\011tab\342\200\250\363\240\201\201')" \
  --header 'Host: shop.example' \
  --header 'User-Agent: probe/1' \
  --header 'Accept:'
curl --globoff --path-as-is --http1.1 \
  --request 'PROPPATCHANDMORE' \
  --url 'http://shop.example/items?id=7' \
  --header 'Host: shop.example' \
  --header 'User-Agent: probe/1' \
  --header 'Accept:'
curl --globoff --path-as-is --http1.1 \
  --request 'GET' \
  --url 'http://shop.example/items?id=7' \
  --header 'Host: shop.example' \
  --header 'User-Agent: probe/1' \
  --header 'Accept:'
printf %s 'CyuAewogICJ0ZXh0IjogIhtdMDtvd25lZAcbWzJKwpszMW3igK5nbnAuZXhlDQpGQUtFIFJPVwl0YWLigKjzoIGBIgp9ClJlc3BvbnNlIGJvZHkgKGZha2UpAw==' | base64 -d | curl --globoff --path-as-is --http1.1 \
  --request 'POST' \
  --url 'http://shop.example/items?id=7' \
  --header 'Host: shop.example' \
  --header 'X-Name: café' \
  --header 'Content-Type: application/json' \
  --header 'Content-Encoding: br' \
  --header 'User-Agent:' \
  --header 'Accept:' \
  --header 'Expect:' \
  --data-binary @-