{{- define "stxr.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "stxr.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "stxr.labels" -}}
{{ include "stxr.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "stxr.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "stxr.name" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{- define "stxr.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}{{ end }}
{{- end }}

{{- define "stxr.isPostgresql" -}}
{{- if eq .Values.database.type "postgresql" }}true{{ end }}
{{- end }}

{{/* Whether an object of another project's kind is wanted: (list . create apiVersion). */}}
{{- define "stxr.isWanted" -}}
{{- $root := index . 0 }}{{ $create := index . 1 }}{{ $api := index . 2 }}
{{- if or (eq $create "always") (and (eq $create "auto") ($root.Capabilities.APIVersions.Has $api)) }}true{{ end }}
{{- end }}

{{/* What cannot work is refused before anything is installed, each with what to do. */}}
{{- define "stxr.refusals" -}}
{{- with .Values }}
{{- if not .repository.url }}{{ fail "repository.url: the address of the site-config repository is missing" }}{{ end }}
{{- if not (or .endpoints.existingConfigMap .endpoints.inline) }}{{ fail "endpoints: set endpoints.existingConfigMap or endpoints.inline, which say how each site is reached" }}{{ end }}
{{- if and .endpoints.existingConfigMap .endpoints.inline }}{{ fail "endpoints: set existingConfigMap or inline, not both" }}{{ end }}
{{- if and (eq .database.type "sqlite") (gt (int .replicas) 1) }}{{ fail (printf "replicas: %d need a PostgreSQL database (database.type: postgresql); SQLite belongs to one process" (int .replicas)) }}{{ end }}
{{- if and (eq .database.type "postgresql") (not .database.existingSecret) }}{{ fail "database.existingSecret: the Secret that holds the URL of the PostgreSQL database is missing" }}{{ end }}
{{- if and (ne .repository.verify "none") (not .repository.signersSecret) }}{{ fail (printf "repository.signersSecret: repository.verify %s needs the keys that are trusted" .repository.verify) }}{{ end }}
{{- end }}
{{- end }}
