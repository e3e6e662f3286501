  AT={{verifier}}
  KEY="Authorization: Bearer $(cat {{key}})"
  told() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
  SESSION=$(curl -s "$AT/sessions" -H "$KEY" -H 'Content-Type: application/json' \
    -d '{"use": "age_over_14", "flow": "cross_device"}')
  LINK=$(echo "$SESSION" | told link)
  STATUS=$(echo "$SESSION" | told status_url)
  mapae wallet present "$LINK" --dir {{wallet}} \
    --bundle {{bundle}} --policy {{policy}}
  curl -s "$STATUS" -H "$KEY"
