{{/* A duration of the rules, divided by alerts.timeScale: (list . "15m"). */}}
{{- define "stxr.span" -}}
{{- $scale := float64 (index . 0).Values.alerts.timeScale }}{{ $said := index . 1 }}
{{- if eq $scale 1.0 }}{{ $said }}{{ else }}
{{- $units := dict "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 }}
{{- $ms := mulf (regexFind "^[0-9]+" $said | float64) (get $units (regexFind "[a-z]$" $said) | float64) }}
{{- divf $ms $scale | ceil | int64 }}ms{{ end }}
{{- end }}

{{/* Seconds of the rules, divided likewise: (list . 900). */}}
{{- define "stxr.seconds" -}}
{{- divf (index . 1 | float64) (float64 (index . 0).Values.alerts.timeScale) }}
{{- end }}

{{/* Seconds of so many rounds of reading every site, divided likewise: (list . 3). */}}
{{- define "stxr.rounds" -}}
{{- include "stxr.seconds" (list (index . 0) (mul (index . 1) (index . 0).Values.schedule.observeSeconds)) }}
{{- end }}

{{/* The rules with their durations as they are to be. */}}
{{- define "stxr.alerts" -}}
{{- $rules := .Files.Get "files/alerts.yaml" | fromYaml }}
{{- range $group := $rules.groups }}
{{- range $rule := $group.rules }}
{{- range $mark := regexFindAll "[$][{][a-z]+:[0-9a-z]+[}]" $rule.expr -1 }}
{{- $said := splitList ":" (trimAll "${}" $mark) }}
{{- $_ := set $rule "expr" (replace $mark (include (printf "stxr.%s" (first $said)) (list $ (last $said))) $rule.expr) }}
{{- end }}
{{- range $key := list "for" "keep_firing_for" }}
{{- if hasKey $rule $key }}{{ $_ := set $rule $key (include "stxr.span" (list $ (get $rule $key))) }}{{ end }}
{{- end }}
{{- if $rule.alert }}{{ $_ := set $rule.annotations "runbook_url" (printf "%s%s.md" (default "docs/runbooks/" $.Values.alerts.runbookUrl) $rule.alert) }}{{ end }}
{{- end }}
{{- end }}
{{- toYaml $rules }}
{{- end }}
